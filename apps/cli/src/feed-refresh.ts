import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createEgress } from '@clarion/egress';
import { directoryUpstream, httpUpstream } from '@clarion/feed-upstreams';
import { updateFeed } from '@clarion/feed-updating';
import { ClarionError, type FeedSource, type FeedState, type Upstream } from '@clarion/model';
import { clarionVersion } from './release';
import type { Facts } from './facts';

/** Opens where a feed's documents come from, or tells that there are none for it. */
export type UpstreamFor = (feed: FeedSource) => Upstream | undefined;

/** Feeds from a directory with one folder a feed; feeds without a folder have no upstream. */
export function feedsFromDirectory(directory: string): UpstreamFor {
  if (!existsSync(directory)) {
    throw new ClarionError('not-found', `The feed directory ${directory} does not exist`, { remedy: 'clarion feeds --layout tells what it should hold' });
  }
  return (feed) => (existsSync(join(directory, feed.id)) ? directoryUpstream(join(directory, feed.id)) : undefined);
}

/** Feeds from their production addresses, or from a mirror with one folder a feed. */
export function feedsFromNetwork(mirror?: string): UpstreamFor {
  const egress = createEgress({ privateNetworks: true, insecureHosts: mirror?.startsWith('http:') ? [new URL(mirror).host] : [], userAgent: `clarion/${clarionVersion}` });
  const base = mirror === undefined || mirror.endsWith('/') ? mirror : `${mirror}/`;
  return (feed) => httpUpstream({ baseUrl: base === undefined ? feed.baseUrl : `${base}${feed.id}/`, egress });
}

/** A directory or an http(s) address. */
export function feedsFrom(place: string): UpstreamFor {
  return /^https?:\/\//.test(place) ? feedsFromNetwork(place) : feedsFromDirectory(place);
}

export interface RefreshOptions {
  readonly upstreamFor: UpstreamFor;
  readonly force?: boolean;
}

/** Updates one feed and shows how it goes. Throws what went wrong; stored facts are then as they were. */
export async function refreshFeed(feed: FeedSource, options: RefreshOptions, facts: Facts): Promise<void> {
  const upstream = options.upstreamFor(feed);
  if (upstream === undefined) return;
  const phase = facts.progress.phase(feed.id, 'bytes');
  const events = updateFeed(feed, {
    upstream,
    store: facts.store,
    signal: facts.signal,
    now: () => new Date(),
    force: options.force ?? false,
  });
  for await (const event of events) {
    if (event.kind === 'progress') phase.advance(event.bytes);
    if (event.kind === 'updated') phase.end(event.changed === 0 ? 'unchanged' : `${event.changed} of ${event.groups} packages changed`);
  }
}

/** Whether a feed is due: never loaded, parsed by an older reader, or older than its refresh interval. */
export function isDue(feed: FeedSource, state: FeedState | undefined, now: Date): boolean {
  if (state?.lastSuccess === undefined || state.parserVersion !== feed.version) return true;
  return now.getTime() - Date.parse(state.lastSuccess) > feed.refreshMinutes * 60_000;
}
