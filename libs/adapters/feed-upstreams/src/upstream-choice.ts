import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Egress } from '@clarion/egress';
import { ClarionError, type FeedSource, type Upstream, feedName } from '@clarion/model';
import { copyOfUpstream } from './copy-of-upstream';
import { directoryUpstream } from './directory-upstream';
import { feedUpstream } from './feed-upstream';
import { mirrorUpstream } from './mirror-upstream';

/** Opens the upstream of a feed's documents; for a feed without one, reading fails. */
export type UpstreamFor = (feed: FeedSource) => Upstream;

export interface UpstreamChoice {
  /** The egress; `insecureHosts` are those with a plain http address in the configuration. */
  readonly egressTo: (insecureHosts: readonly string[]) => Egress;
  readonly signal?: AbortSignal;
}

/** Where the feed's files lie on this machine; undefined for a feed from the network. */
export function localFolderOf({ baseUrl }: Pick<FeedSource, 'baseUrl'>): string | undefined {
  return baseUrl.startsWith('file:') ? fileURLToPath(baseUrl) : undefined;
}

/** Feeds from their production addresses, or from configured ones. */
export function feedsFromNetwork({ egressTo, signal }: UpstreamChoice): UpstreamFor {
  const egress = egressTo([]);
  return (feed) => {
    const folder = localFolderOf(feed);
    if (folder !== undefined) {
      const files = directoryUpstream(folder);
      // The user's own data is not a copy, so it is always current.
      return feed.own === true ? files : copyOfUpstream(files, [files]);
    }
    const { baseUrl } = feed;
    // Plain http occurs only in the configuration, where it is deliberate.
    const own = baseUrl.startsWith('http:') ? egressTo([new URL(baseUrl).host]) : egress;
    return feedUpstream(feed, { egress: own, ...(signal === undefined ? {} : { signal }) });
  };
}

/** The user's own data stays in its local folder, whatever mirror the other feeds come from. */
function ownFolderFirst(upstreamFor: UpstreamFor): UpstreamFor {
  return (feed) => {
    const folder = feed.own === true ? localFolderOf(feed) : undefined;
    return folder === undefined ? upstreamFor(feed) : directoryUpstream(folder);
  };
}

/**
 * Feeds from a mirror: a directory, or an address, with one folder per feed. A feed without a folder fails with
 * `not-found`: a mirror without the feed must not look like a feed without changes. Throws `not-found` for a directory
 * that does not exist.
 */
export function feedsFrom(location: string, { egressTo, signal }: UpstreamChoice): UpstreamFor {
  if (/^https?:\/\//i.test(location)) {
    const egress = egressTo([new URL(location).host]);
    const options = { from: location, egress, ...(signal === undefined ? {} : { signal }) };
    return ownFolderFirst((feed) => mirrorUpstream({ ...options, feed: feedName(feed) }));
  }
  if (!existsSync(location)) {
    throw new ClarionError('not-found', `The feed directory ${location} does not exist`, {
      remedy: 'clarion feeds --layout shows what it should contain',
    });
  }
  const egress = egressTo([]);
  return ownFolderFirst((feed) =>
    existsSync(join(location, feedName(feed)))
      ? mirrorUpstream({ from: location, feed: feedName(feed), egress })
      : withoutFolder(location, feedName(feed)),
  );
}

function withoutFolder(location: string, feed: string): Upstream {
  const message = `${location} has no folder ${feed}; if it is not wanted, name it in feeds.disable`;
  const missing = (): Promise<never> => Promise.reject(new ClarionError('not-found', message));
  return { get: missing, list: missing };
}
