import type { MatchFacts } from '@clarion/matching';
import type { FeedState, Report } from '@clarion/model';
import {
  factsName,
  isFresh,
  matchPackages,
  nameOfFacts,
  reportOf,
  type ReportOptions,
  withStates,
} from '@clarion/reporting';
import { createHash } from 'node:crypto';
import type { CommandContext } from './command-context';
import { pack, unpack } from './kept-values';
import { keepImage, type ScannedImage } from './scanned-image';

type ScanOptions = ReportOptions & { readonly maxFeedAgeMinutes: number };

/** A report, and what is left to do when it was shown. */
export interface ScannedReport {
  readonly report: Report;
  /** Keeps what is not kept yet, for the next scan. Never fails. */
  readonly keep: () => Promise<void>;
}

/**
 * The report of an image, unless it is kept: neither the image, nor the facts that it was made from, nor the options
 * have changed since. Reports of images whose layers were just read are not kept: most of them are never scanned again.
 */
export async function scannedReport(
  scanned: ScannedImage,
  facts: MatchFacts,
  { store, ...options }: ScanOptions & Pick<CommandContext, 'store'>,
): Promise<ScannedReport> {
  const states = await facts.feedStates();
  const name = scanned.name && nameOf(scanned.name, states, options);
  const kept = name === undefined ? undefined : await store.result(name);
  const known = kept && (unpack(kept) as Report | undefined);
  if (known !== undefined) return { report: known, keep: () => Promise.resolve() };
  const image = await scanned.image();
  // Another process may change what is stale meanwhile: the report has the states that are in its name.
  const matched = withStates(await matchPackages(image, facts, options), states, options);
  const report = reportOf(image, matched, options);
  const keep = async (): Promise<void> => {
    if (name === undefined) return;
    await keepImage(scanned, { store });
    // Facts that were written meanwhile are in the report, but not in its name.
    if (nameOfFacts(await facts.feedStates()) !== nameOfFacts(states)) return;
    await store.putResult(name, pack(report));
  };
  // The report was shown: that it is made again the next time is no error of this scan.
  return { report, keep: () => keep().catch(() => undefined) };
}

/** Names the image, the facts of feeds, and all options; of the time, only what is stale. */
function nameOf(image: string, states: readonly FeedState[], { now, ...options }: ScanOptions): string {
  const fresh = { now, maxMinutes: options.maxFeedAgeMinutes };
  const known = states.map((state) => [factsName(state), isFresh(state, fresh)]);
  return createHash('sha256')
    .update(JSON.stringify([image, known, options]))
    .digest('base64url');
}
