import { createHash } from 'node:crypto';
import { type AdvisoryGroup, ClarionError, type FeedSource, type VulnerabilityText } from '@clarion/model';
import type { OwnVulnerabilityKey } from './advice';

/** An own vulnerability as it is written. */
export interface ParsedOwn {
  /** One a package. */
  readonly groups: readonly AdvisoryGroup[];
  readonly text: VulnerabilityText;
}

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const namespacePattern = /^[a-z][a-z0-9.-]{0,40}(?::[A-Za-z0-9._-]{1,40})?$/;

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses the members of an OSV record with the parser of own data (docs/own-data.md). `id` may be left out, and the
 * ecosystem of a package too: both stand in `key`. Throws `invalid-input` for the first thing that is wrong: of a record
 * that somebody writes by hand nothing is passed over.
 */
export async function parseOwn(
  key: OwnVulnerabilityKey,
  record: unknown,
  { source, document }: { readonly source: FeedSource; readonly document: string },
): Promise<ParsedOwn> {
  const whole = completed(key, record);
  const groups = new Map<string, AdvisoryGroup>();
  let text: VulnerabilityText | undefined;
  const body = Buffer.from(JSON.stringify(whole));
  for await (const found of source.parse({ name: `${document}.json`, body: once(body) })) {
    if (found.kind === 'problem') throw invalid(found.message);
    if (found.kind === 'vulnerability') text ??= found.text;
    if (found.kind !== 'group') continue;
    const group = { ...found.group, document, feed: source.id };
    if (group.namespace !== key.namespace) {
      throw invalid(`A package belongs to ${group.namespace} and not to ${key.namespace}`);
    }
    const known = groups.get(group.package);
    groups.set(group.package, known === undefined ? group : joined(known, group));
  }
  if (groups.size === 0) throw invalid('The record is about no package (affected)');
  return { groups: [...groups.values()], text: { ...text, feed: source.id, id: key.id } };
}

function completed({ namespace, id }: OwnVulnerabilityKey, record: unknown): Json {
  if (!idPattern.test(id)) throw invalid('The id has characters that no id has');
  if (!namespacePattern.test(namespace)) throw invalid('The namespace is none, such as debian:12');
  if (!isObject(record)) throw invalid('The record is no object');
  const { id: own = id, affected, ...rest } = record;
  if (own !== id) throw invalid('The id of the record is not the one of its address');
  if (!Array.isArray(affected)) throw invalid('The record has no list "affected"');
  return { ...rest, id, affected: affected.map((entry) => withEcosystem(entry, namespace)) };
}

function withEcosystem(entry: unknown, namespace: string): Json {
  const subject = isObject(entry) ? entry['package'] : undefined;
  if (!isObject(entry) || !isObject(subject)) throw invalid('An entry of "affected" has no package');
  return { ...entry, package: { ecosystem: namespace, ...subject } };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function joined(a: AdvisoryGroup, b: AdvisoryGroup): AdvisoryGroup {
  if (a.scheme !== b.scheme || a.nameKind !== b.nameKind) throw invalid(`${a.package} is meant in two ways`);
  return { ...a, advisories: [...a.advisories, ...b.advisories] };
}

/** A hash of what is stored; nothing but equality is asked of it. */
export function contentHash(group: AdvisoryGroup): string {
  return createHash('sha256').update(JSON.stringify(group)).digest('base64url');
}

/** The same for what a document says as a whole, as documents of feeds are named. */
export function contentDigest(content: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

function invalid(message: string): ClarionError {
  return new ClarionError('invalid-input', message, { remedy: 'docs/own-data.md tells the form' });
}
