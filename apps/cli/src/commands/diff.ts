import {
  applyPolicyToWorse,
  compareFindings,
  type ComparedImage,
  type Comparison,
  countPairs,
  differenceOf,
  knownSince,
  type FindingPair,
  type ReportedSide,
  reportedSide,
  timeOf,
} from '@clarion/history';
import { participatingFeeds } from '@clarion/matching';
import { applyPolicy, type PolicyResult, type ScanPolicy } from '@clarion/policy';
import type { Report } from '@clarion/model';
import { makeReport, namespaceIds } from '@clarion/reporting';
import { clarionVersion } from '@clarion/release';
import { acceptedEcosystems } from '../accepted-ecosystems';
import { type CommandContext, withCommandContext } from '../command-context';
import { exitCodes } from '../failure';
import { describeCoverage, describeFindings, gatePolicy, type GateSettings } from '../gate';
import type { ImageSettings } from '../image-facts';
import { composedImage } from '../scanned-image';
import { knownFacts } from '../known-facts';
import { imageThen } from '../past-image';
import { writeResult } from '../output';
import { feedsOf, requireFeeds, type ScanFeedSettings } from '../scan-feeds';
import { firstReadHere } from '../stored-image';
import { renderComparison } from './render-comparison';
import { requireFormat } from './timeline';
import { timedImage } from './timed-image';

export interface DiffSettings extends ImageSettings, GateSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly format: string;
  readonly unchanged?: boolean;
}

interface Side extends ReportedSide {
  readonly report: Report;
  readonly shown: ComparedImage;
  /** What the command line's policy says of it. */
  readonly policy: ScanPolicy;
}

/** `clarion diff A B`: the findings of two images, or of one at two times. Fetches no feeds. */
export async function diff([a, b]: readonly [string, string], settings: DiffSettings): Promise<void> {
  requireFormat(settings.format);
  // Typing mistakes are rejected before any work is done.
  gatePolicy(settings, { feeds: [], now: new Date() });
  acceptedEcosystems(settings);
  await withCommandContext(settings, async (context) => {
    const first = await sideOf(a, settings, context);
    const second = await sideOf(b, settings, context);
    context.progress.close();
    const pairs = compareFindings(first, second);
    const results = resultsOf(first, second, pairs);
    const comparison = await comparisonOf(first, second, { pairs, context });
    const json = settings.format === 'json';
    const style = { unchanged: settings.unchanged ?? false, incomplete: results.map(({ incomplete }) => incomplete) };
    const text = json ? `${JSON.stringify(comparison, null, 2)}\n` : renderComparison(comparison, style);
    await writeResult([text], settings.output);
    const lines = [
      ...describeFindings(results[1], settings).map((line) => `added or worse in ${b}: ${line}`),
      ...describeCoverage(results[0]).map((line) => `${a}: ${line}`),
      ...describeCoverage(results[1]).map((line) => `${b}: ${line}`),
    ];
    for (const line of lines) context.progress.warn(line);
    process.exitCode = exitCodeOf(results);
  });
}

async function sideOf(text: string, settings: DiffSettings, context: CommandContext): Promise<Side> {
  const feeds = feedsOf(settings);
  const { image, time } = await timedImage(text, async (reference, at) =>
    at === undefined
      ? composedImage(reference, settings, context)
      : imageThen(reference, { ...settings, at: timeOf(at, new Date()) }, context),
  );
  const indexedAt = await firstReadHere(image, context);
  const namespaces = namespaceIds(image);
  const taking = participatingFeeds(feeds, namespaces);
  const { store, progress } = context;
  await requireFeeds(taking, namespaces, {
    ...{ store, progress, ...settings },
    ...{ asStored: true, ofPast: time !== undefined },
  });
  const { facts, now, at = null } = await knownFacts(time, { feeds: taking, namespaces, indexedAt }, context);
  const options = {
    ...{ feeds, now, clarionVersion, maxFeedAgeMinutes: settings.maxFeedAge },
    acceptedEcosystems: acceptedEcosystems(settings),
  };
  const report = await makeReport(image, facts, options);
  const side = reportedSide(image, report, options);
  const { reference, manifestDigest: digest } = report.image;
  const since = await knownSince({ feeds, namespaces, indexedAt }, store);
  return {
    ...{ ...side, report, policy: gatePolicy(settings, { feeds, now }) },
    shown: { reference, digest, ...side.coverage, at, knownSince: since ?? null },
  };
}

interface Compared {
  readonly pairs: readonly FindingPair[];
  readonly context: CommandContext;
}

async function comparisonOf(a: Side, b: Side, { pairs, context: { store } }: Compared): Promise<Comparison> {
  return {
    schemaVersion: 1,
    a: a.shown,
    b: b.shown,
    historyFrom: (await store.historyFrom()) ?? null,
    summary: countPairs(pairs),
    items: pairs.map(differenceOf),
  };
}

/** The first side is what there was: only its coverage counts. In the second, what became worse counts too. */
function resultsOf(a: Side, b: Side, pairs: readonly FindingPair[]): readonly [PolicyResult, PolicyResult] {
  const { failOn: _, ...coverage } = a.policy;
  return [applyPolicy(a.report, coverage), applyPolicyToWorse({ a: a.report, b: b.report, pairs }, b.policy)];
}

/** When several apply, the lowest wins. */
function exitCodeOf(results: readonly PolicyResult[]): number {
  const codes = results.flatMap(({ exitCode }) => (exitCode === 0 ? [] : [exitCode]));
  return codes.length === 0 ? exitCodes.passed : Math.min(...codes);
}
