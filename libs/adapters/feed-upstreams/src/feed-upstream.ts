import type { FeedSource, Upstream } from '@clarion/model';
import { httpUpstream, type HttpOptions } from './http-upstream';

/** Where a feed source's documents are. */
export type FeedLocation = Pick<FeedSource, 'baseUrl' | 'mounts' | 'locate' | 'requestsPerSecond'>;

export type FeedUpstreamOptions = Omit<HttpOptions, 'baseUrl' | 'requestsPerSecond' | 'locate'>;

/**
 * The documents of a feed on the network: below its base, or below another base where a folder is mounted. Mirrors and
 * directories have no mounts: there every document has its own path.
 */
export function feedUpstream(feed: FeedLocation, options: FeedUpstreamOptions): Upstream {
  const { baseUrl, mounts = {}, locate, requestsPerSecond } = feed;
  const open = (base: string, folder: string): Upstream =>
    httpUpstream({
      ...options,
      baseUrl: base,
      locate: (path) => located(path, folder, locate),
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    });
  const own = open(baseUrl, '');
  const mounted = Object.entries(mounts).map(([folder, base]) => ({ folder, upstream: open(base, folder) }));
  const upstreamOf = (path: string): Upstream =>
    mounted.find(({ folder }) => path.startsWith(folder) || `${path}/` === folder)?.upstream ?? own;
  return {
    get: (path, validators) => upstreamOf(path).get(path, validators),
    list: (folder) => upstreamOf(folder).list(folder),
  };
}

/** A path relative to the base of its folder; undefined if the feed does not map it. */
function located(path: string, folder: string, locate: FeedLocation['locate']): string | undefined {
  const location = locate?.(path) ?? path;
  if (location !== path) return location;
  if (folder === '') return undefined;
  return path.slice(folder.length).split('/').map(encodeURIComponent).join('/');
}
