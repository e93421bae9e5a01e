import { dirname, resolve } from 'node:path';
import { ClarionError, feedName, type FeedSource } from '@clarion/model';
import { ownFeed, type OwnFeedOptions } from './own-feed';
import { ownFormats, type OwnFormat } from './own-files';
import { folderUrl, relocatedFeed, storedAs } from './relocated-feed';

/** The settings that determine the list of feeds. */
export interface FeedSettings {
  /** `feeds:` of the configuration file, not validated. */
  readonly feeds?: unknown;
  /** The path of the configuration file as given: paths in the file are relative to its folder. */
  readonly config?: string;
}

/** `feeds:` of clarion.yaml, validated. */
interface FeedChoices {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  readonly urls: ReadonlyMap<string, string>;
  readonly own: readonly OwnChoice[];
}

interface OwnChoice {
  readonly id: string;
  readonly format: OwnFormat;
  readonly from: string;
  readonly namespace?: string;
  readonly covers?: readonly string[];
}

/**
 * All feeds: the user's own feeds in the order of the configuration, then the built-in feeds, sorted by id, as the
 * configuration changes them (`enabled`, `baseUrl`). Throws `ClarionError` `invalid-input` for an invalid
 * configuration.
 */
export function configureFeeds(
  feedSources: readonly FeedSource[],
  settings: FeedSettings,
  reserved: readonly string[],
): readonly FeedSource[] {
  const choices = choicesOf(settings.feeds);
  const base = dirname(resolve(settings.config ?? 'clarion.yaml'));
  const own = choices.own.map((choice) => ownFeed(ownOptions(choice, base)));
  const taken = new Set([...feedSources.map(({ id }) => id), ...reserved]);
  for (const id of own.map((feed) => feedName(feed))) {
    if (taken.has(id)) throw invalid(`Feed "${id}" of feeds.own is there already`, 'choose another id');
    taken.add(id);
  }
  const known = [...taken].filter((id) => !reserved.includes(id));
  for (const id of [...choices.enable, ...choices.disable, ...choices.urls.keys()]) {
    if (!known.includes(id))
      throw invalid(`There is no feed "${id}", which feeds: names`, `known: ${known.join(', ')}`);
  }
  const both = choices.enable.find((id) => choices.disable.includes(id));
  if (both !== undefined)
    throw invalid(`Feed "${both}" is both in feeds.enable and in feeds.disable`, 'take it out of one of them');
  return [...own, ...feedSources].map((feed) => adapted(feed, choices, base));
}

function adapted(feed: FeedSource, { enable, disable, urls }: FeedChoices, base: string): FeedSource {
  const name = feedName(feed);
  const url = urls.get(name);
  const enabled = disable.includes(name) ? false : enable.includes(name) ? true : feed.enabled;
  const chosen = { ...feed, ...(enabled === undefined ? {} : { enabled }) };
  if (url === undefined) return chosen;
  const baseUrl = folderUrl(url, base);
  if (baseUrl === feed.baseUrl) return chosen;
  // A mirror has the same layout as the upstream: mounts and queries are only for the upstream's hosts.
  return relocatedFeed({ ...chosen, baseUrl, mounts: {}, locate: (path) => path }, baseUrl);
}

/**
 * The options of an own feed with the name under which its facts are stored. Configurations that share a store may use
 * one id for different data. The stored name includes the source, so that neither reads or overwrites the data of the
 * other.
 */
function ownOptions({ from, ...choice }: OwnChoice, base: string): OwnFeedOptions {
  const options: OwnFeedOptions = { ...choice, ...locationOf(from, base) };
  const { id, format, namespace, baseUrl, file } = options;
  return { ...options, storedAs: storedAs(id, [format, baseUrl, file ?? null, namespace ?? null]) };
}

const fileName = /[^/\\]+\.(?:json|ndjson|jsonl|zip|tar)(?:\.(?:gz|xz|zst|bz2))?$/i;

/** A folder, or the folder of the selected file. Folders on this machine are relative to the configuration file. */
function locationOf(from: string, base: string): { readonly baseUrl: string; readonly file?: string } {
  const file = fileName.exec(from)?.[0];
  if (file === undefined) return { baseUrl: folderUrl(from, base) };
  const folder = from.slice(0, -file.length);
  return { baseUrl: folderUrl(folder === '' ? '.' : folder, base), file: file.replace(/\.(?:gz|xz|zst|bz2)$/, '') };
}

const choiceKeys = ['enable', 'disable', 'urls', 'own'];
const ownKeys = ['id', 'format', 'from', 'namespace', 'covers'];

function choicesOf(value: unknown): FeedChoices {
  const choices = value === undefined || value === null ? {} : mapOf(value, 'feeds', choiceKeys);
  const urls = choices['urls'] ?? {};
  return {
    enable: textsOf(choices['enable'], 'feeds.enable'),
    disable: textsOf(choices['disable'], 'feeds.disable'),
    urls: new Map(Object.entries(mapOf(urls, 'feeds.urls')).map(([id, url]) => [id, textOf(url, `feeds.urls.${id}`)])),
    own: listOf(choices['own'], 'feeds.own').map((item, index) => ownOf(item, `feeds.own[${index}]`)),
  };
}

function ownOf(value: unknown, key: string): OwnChoice {
  const own = mapOf(value, key, ownKeys);
  const format = ownFormats.find((known) => known === own['format']);
  if (format === undefined) throw invalid(`${key}.format is not a format`, `known: ${ownFormats.join(', ')}`);
  const { namespace, covers } = own;
  return {
    id: textOf(own['id'], `${key}.id`),
    format,
    from: textOf(own['from'], `${key}.from`),
    ...(namespace === undefined ? {} : { namespace: textOf(namespace, `${key}.namespace`) }),
    ...(covers === undefined ? {} : { covers: textsOf(covers, `${key}.covers`) }),
  };
}

/** Rejects keys that are not in `keys`: they are typing errors. */
function mapOf(value: unknown, key: string, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${key} is not a list of "name: value" lines`, 'docs/own-data.md has an example');
  const unknown = keys === undefined ? undefined : Object.keys(value).find((name) => !keys.includes(name));
  if (unknown !== undefined) throw invalid(`${key}.${unknown} is unknown`, `known: ${keys?.join(', ') ?? ''}`);
  return value as Record<string, unknown>;
}

function listOf(value: unknown, key: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`${key} is not a list`, 'write each entry on a line that starts with "- "');
  return value;
}

function textsOf(value: unknown, key: string): readonly string[] {
  return listOf(value, key).map((item) => textOf(item, key));
}

function textOf(value: unknown, key: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`${key} is not a text`, 'docs/own-data.md has an example');
}

function invalid(message: string, remedy: string): ClarionError {
  return new ClarionError('invalid-input', message, { remedy });
}
