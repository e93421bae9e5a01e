import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ClarionError, feedName, type FeedRecord, type FeedSource } from '@clarion/model';

/**
 * The feed with its data from another location, such as a mirror. Its facts are stored under its name and that location: they
 * count only for configurations that name the location (decision 28). `location` is the address of the folder with the
 * documents of the feed, with trailing slash.
 */
export function relocatedFeed(feed: FeedSource, location: string): FeedSource {
  const name = feedName(feed);
  const shown = withoutSecrets(location);
  const id = storedAs(name, [feed.own === true ? feed.id : name, shown]);
  return { ...feed, id, name, location: shown, parse: (document) => recordsOf(id, feed.parse(document)) };
}

/**
 * The feeds of a mirror, a folder or an address with one folder per feed (`scan --feeds-dir`). The user's own data on
 * this machine stays where it is. Throws `invalid-input` for anything else.
 */
export function mirroredFeeds(feeds: readonly FeedSource[], mirror: string): readonly FeedSource[] {
  const base = folderUrl(mirror, process.cwd());
  return feeds.map((feed) =>
    feed.own === true && feed.baseUrl.startsWith('file:')
      ? feed
      : relocatedFeed(feed, `${base}${encodeURIComponent(feedName(feed))}/`),
  );
}

/** The id under which facts of a feed are stored that are bound to their location. */
export function storedAs(name: string, identity: readonly (string | null)[]): string {
  return `${name}@${hash('sha256', JSON.stringify(identity), 'hex').slice(0, 16)}`;
}

/** Whether stored facts are bound to their location: a configuration's own data, or that of its mirror. */
export function isBoundToLocation(id: string): boolean {
  return id.includes('@');
}

/** The name of the feed of stored facts. */
export function nameOfStored(id: string): string {
  return id.replace(/@.*$/, '');
}

/** The address of a folder, with trailing slash; folders of this machine are relative to `base`. */
export function folderUrl(location: string, base: string): string {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(location)) return withSlash(pathToFileURL(resolve(base, location)).href);
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) {
    throw new ClarionError('invalid-input', `"${location}" is not a place for a feed`, {
      remedy: 'write a folder, or an address that starts with https://',
    });
  }
  return withSlash(location);
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** One spelling of an address, without credentials: they are secret, and change. */
function withoutSecrets(location: string): string {
  const url = new URL(location);
  url.username = '';
  url.password = '';
  return url.href;
}

async function* recordsOf(feed: string, records: AsyncIterable<FeedRecord>): AsyncGenerator<FeedRecord> {
  for await (const record of records) {
    switch (record.kind) {
      case 'group':
        yield { ...record, group: { ...record.group, feed } };
        break;
      case 'vulnerability':
        yield { ...record, text: { ...record.text, feed } };
        break;
      case 'repository':
        yield { ...record, repository: { ...record.repository, feed } };
        break;
      default:
        yield record;
    }
  }
}
