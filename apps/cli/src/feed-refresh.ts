import { createEgress } from '@clarion/egress';
import {
  feedsFrom,
  feedsFromNetwork,
  openScratchFile,
  type ScratchFile,
  type UpstreamChoice,
  type UpstreamFor,
} from '@clarion/feed-upstreams';
import {
  describeFailure,
  describePartial,
  isStorageFailure,
  updateFeed,
  type FeedFinished,
} from '@clarion/feed-updating';
import { findsPackages, roleOf } from '@clarion/matching';
import { isFresh } from '@clarion/reporting';
import { ClarionError, type FeedSource, type FeedState, feedName } from '@clarion/model';
import { userAgent } from '@clarion/release';
import type { CommandContext } from './command-context';
import { describeError } from './failure';
import { followFeed, mebibytes } from './feed-progress';
import { isUnpublished, settleUnpublished } from './unpublished-changes';

/** This is a user's own machine: private networks are allowed; plain HTTP only where it was requested. */
function egressTo(insecureHosts: readonly string[]): ReturnType<typeof createEgress> {
  return createEgress({ privateNetworks: true, insecureHosts, userAgent });
}

/** The upstreams: a mirror (`--from`, `--feeds-dir`) or the network. */
export function upstreams(location: string | undefined, signal: AbortSignal): UpstreamFor {
  const choice: UpstreamChoice = { egressTo, signal };
  return location === undefined ? feedsFromNetwork(choice) : feedsFrom(location, choice);
}

export interface RefreshOptions {
  readonly upstreamFor: UpstreamFor;
  /** Apply updates that shrink a feed suspiciously. */
  readonly force?: boolean;
}

const changed = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'} changed`;

function describeResult({ result, state, written }: FeedFinished, bytes: number): string {
  const total = `${state.statements} advisories`;
  switch (result) {
    case 'unchanged':
      return `unchanged, ${total}`;
    case 'changed':
      return [
        changed(written.groups + written.removed, 'package'),
        ...(written.texts === 0 ? [] : [changed(written.texts, 'description')]),
        total,
        `${mebibytes(bytes)} MiB read`,
      ].join(', ');
    default:
      // A warning follows, with the reason.
      return result === 'held' ? 'not applied' : result;
  }
}

/**
 * Updates one feed and shows its progress. Failures to fetch, read or store are reported as warnings, and the stored
 * facts stay unchanged. Resolves to whether everything was applied; throws only when interrupted, and
 * `storage-unavailable` when the disk is full or fails, as no other feed could be stored either.
 */
export async function refreshFeed(feed: FeedSource, options: RefreshOptions, facts: CommandContext): Promise<boolean> {
  try {
    return await runUpdate(feed, options, facts);
  } catch (error) {
    facts.signal.throwIfAborted();
    if (!(error instanceof ClarionError) || isStorageFailure(error)) throw error;
    facts.progress.warn(`${feedName(feed)} was not updated: ${describeError(error)}`);
    return false;
  }
}

async function runUpdate(feed: FeedSource, options: RefreshOptions, facts: CommandContext): Promise<boolean> {
  const upstream = options.upstreamFor(feed);
  const { store, signal, progress, directory } = facts;
  const phase = progress.phase(feedName(feed), 'bytes');
  const follow = followFeed(phase, () => performance.now());
  const openScratch = (): ScratchFile => openScratchFile(directory);
  const deps = {
    ...{ upstream, store, signal, now: () => new Date(), force: options.force ?? false, openScratch },
    // The process that serves from this directory publishes the changes, and counts the vulnerabilities of images: also
    // of one that is the first there and was submitted while this update ran.
    countElsewhere: true,
    unpublished: await isUnpublished(store),
  };
  let finished: FeedFinished | undefined;
  const unapplied: string[] = [];
  for await (const event of updateFeed(feed, deps)) {
    follow.handle(event);
    if (event.kind === 'document' && event.result !== 'applied' && event.result !== 'frozen') {
      unapplied.push(`${event.document} was not applied: ${event.message ?? event.result}`);
    } else if (event.kind === 'finished') finished = event;
  }
  if (finished === undefined) return false;
  await settleUnpublished(store);
  const { result, state } = finished;
  phase.end(describeResult(finished, follow.bytes()));
  if (feed.own === true) warnOfProblems(feed, state, facts);
  const missing = describePartial(feed, state);
  if (missing !== undefined) progress.warn(missing);
  if (result === 'unchanged' || result === 'changed') return true;
  // The first one is already the feed's error.
  for (const text of unapplied.slice(1)) progress.warn(`${feedName(feed)}: ${text}`);
  const failure = describeFailure(feed, state, new Date()) ?? `${feedName(feed)}: ${result}`;
  progress.warn(`${feedName(feed)} was not updated: ${failure}`);
  return false;
}

/** The author of own data can fix it, so skipped parts are named at each run. */
function warnOfProblems(feed: FeedSource, { problems, problemSamples }: FeedState, { progress }: CommandContext): void {
  for (const sample of problemSamples) progress.warn(`${feedName(feed)}: ${sample}`);
  const more = problems - problemSamples.length;
  if (more > 0) progress.warn(`${feedName(feed)}: ${more} more problems like these`);
}

/** After a failed update of a feed that only describes vulnerabilities, scans continue without it for so long. */
const describingPauseMinutes = 15;

/** Whether a feed is due: never loaded, parsed by an older reader, or older than its refresh interval. */
export function isDue(feed: FeedSource, state: FeedState | undefined, now: Date): boolean {
  const { lastError, lastAttempt: lastSuccess } = state ?? {};
  const failed = lastError !== undefined && lastSuccess !== undefined && !findsPackages(roleOf(feed));
  if (failed && isFresh({ lastSuccess }, { now, maxMinutes: describingPauseMinutes })) return false;
  if (state?.parserVersion !== feed.version) return true;
  return !isFresh(state, { now, maxMinutes: feed.refreshMinutes });
}
