import { configuredFeeds, enabledFeeds, feedPrecedence } from '@clarion/feed-sources';
import type { UpstreamFor } from '@clarion/feed-upstreams';
import {
  filterFindings,
  judge,
  matchImage,
  parseSeverityOrder,
  speaksAbout,
  type FilteredReport,
  type HiddenFindings,
  type MatchOptions,
} from '@clarion/matching';
import {
  ClarionError,
  severities,
  type EffectiveImage,
  type FeedSource,
  type Report,
  type Severity,
} from '@clarion/model';
import { withFacts, type Facts } from '../facts';
import { isDue, refreshFeed, upstreams } from '../feed-refresh';
import { reportFormat } from '../formats';
import { readImage, type ImageSettings } from '../image-facts';
import { renderStyle, writeResult } from '../output';
import { clarionVersion } from '../release';
import { writeInventory } from './packages';

export interface ScanSettings extends ImageSettings {
  readonly format: string;
  readonly severity?: string;
  readonly severityOrder?: string;
  readonly ignoreUnfixed?: boolean;
  readonly failOn?: string;
  readonly allowIncomplete?: boolean;
  readonly maxFeedAge: number;
  readonly offline?: boolean;
  readonly feedsDir?: string;
  readonly listPackages?: boolean;
  readonly match: boolean;
}

function parseSeverity(text: string): Severity {
  const found = severities.find((severity) => severity.toLowerCase() === text.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new ClarionError('invalid-input', `"${text}" is not a severity`, { remedy: `known: ${severities.join(', ')}` });
}

function severityOrderOf({ severityOrder }: ScanSettings): Pick<MatchOptions, 'severityOrder'> {
  return severityOrder === undefined ? {} : { severityOrder: parseSeverityOrder(severityOrder) };
}

/** Feeds that speak about the distribution of this image, and the user's own. */
function feedsFor(image: EffectiveImage, settings: ScanSettings): readonly FeedSource[] {
  const ids = [...image.namespaces, ...image.channels].map((namespace) => namespace.id);
  return enabledFeeds(settings).filter((feed) => feed.own === true || ids.some((id) => speaksAbout(feed, id)));
}

interface Refresh {
  readonly facts: Facts;
  /** Undefined when stored data is all there is (`--offline`). */
  readonly upstreamFor: UpstreamFor | undefined;
}

function upstreamOf({ feedsDir, offline = false }: ScanSettings, signal: AbortSignal): UpstreamFor | undefined {
  return feedsDir === undefined && offline ? undefined : upstreams(feedsDir, signal);
}

/** Brings the feeds this image needs up to date. One that cannot be reached is used as it is, with a warning. */
async function refreshFor(image: EffectiveImage, settings: ScanSettings, refresh: Refresh): Promise<void> {
  const { facts, upstreamFor } = refresh;
  const { feedsDir } = settings;
  if (upstreamFor === undefined) return;
  const states = new Map((await facts.store.feedStates()).map((state) => [state.feed, state]));
  const now = new Date();
  // Those that only describe vulnerabilities are of use for every image; none is worth minutes of waiting.
  const describing = enabledFeeds(settings).filter(
    ({ id, namespaces, bulky }) =>
      namespaces.length === 0 &&
      (bulky !== true || states.get(id)?.lastSuccess !== undefined || feedsDir !== undefined),
  );
  const due = [...new Set([...feedsFor(image, settings), ...describing])].filter(
    (feed) => feedsDir !== undefined || isDue(feed, states.get(feed.id), now),
  );
  for (const feed of due) await refreshFeed(feed, { upstreamFor }, facts);
}

/** Refuses to report on an image whose feeds were never loaded: that would look like a clean bill. */
async function requireData(image: EffectiveImage, settings: ScanSettings, facts: Facts): Promise<void> {
  const loaded = new Set(
    (await facts.store.feedStates()).flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])),
  );
  const missing = feedsFor(image, settings).filter((feed) => !loaded.has(feed.id));
  if (missing.length === 0) return;
  const subject = image.namespaces.map(({ id }) => id).join(', ');
  throw new ClarionError(
    'no-data',
    `There is no advisory data for ${subject}: ${missing.map(({ id }) => id).join(', ')} was never loaded`,
    {
      remedy: 'run clarion update where the network is reachable, or give --feeds-dir DIR',
    },
  );
}

/** What a user asked to see; in the table, findings of packages that only hold kernel headers are left out as well. */
function shownOf(report: Report, settings: ScanSettings): FilteredReport {
  const wanted = settings.severity?.split(',').map(parseSeverity);
  return filterFindings(report, {
    ...(wanted === undefined ? {} : { severities: wanted }),
    ignoreUnfixed: settings.ignoreUnfixed ?? false,
    hideKernelHeaders: settings.format === 'table',
  });
}

function describeHidden({ severity, unfixed, kernelHeaders }: HiddenFindings): readonly string[] {
  const lines = [
    [severity, 'findings are hidden by --severity'],
    [unfixed, 'findings without a fix are hidden by --ignore-unfixed'],
    [kernelHeaders, 'findings of kernel headers are left out of the table (--format json has them)'],
  ] as const;
  return lines.flatMap(([count, text]) => (count > 0 ? [`${count} ${text}`] : []));
}

/** Judges the whole report, whatever is shown of it; says on stderr what was decided. */
function conclude(report: Report, settings: ScanSettings, facts: Facts): void {
  const verdict = judge(report, {
    ...(settings.failOn === undefined ? {} : { failOn: parseSeverity(settings.failOn) }),
    ignoreUnfixed: settings.ignoreUnfixed ?? false,
    allowIncomplete: settings.allowIncomplete ?? false,
    now: new Date(),
  });
  if (verdict.violations.length > 0) {
    facts.progress.warn(
      `${verdict.violations.length} findings are ${settings.failOn ?? ''} or more severe (--fail-on)`,
    );
  }
  if (verdict.incomplete.length > 0) facts.progress.warn(`the scan is incomplete: ${verdict.incomplete.join('; ')}`);
  if (verdict.stale.length > 0) facts.progress.warn(`advisory data is stale: ${verdict.stale.join(', ')}`);
  process.exitCode = verdict.exitCode;
}

/** `clarion scan IMAGE`: detect, refresh the feeds the image needs, match, report. */
export async function scan(reference: string, settings: ScanSettings): Promise<void> {
  const render = reportFormat(settings.format);
  // Typing mistakes are refused before any work is done.
  enabledFeeds(settings);
  for (const text of [...(settings.severity?.split(',') ?? []), settings.failOn ?? 'Low']) parseSeverity(text);
  const order = severityOrderOf(settings);
  await withFacts(settings, async (facts) => {
    const upstreamFor = upstreamOf(settings, facts.signal);
    const image = await readImage(reference, settings, facts);
    if (!settings.match) {
      facts.progress.close();
      await writeInventory(image, settings);
      return;
    }
    await refreshFor(image, settings, { facts, upstreamFor });
    await requireData(image, settings, facts);
    const feeds = configuredFeeds(settings);
    const report = await matchImage(image, facts.store, {
      feeds,
      precedence: feedPrecedence(feeds),
      now: new Date(),
      maxFeedAgeMinutes: settings.maxFeedAge,
      ...order,
      clarionVersion,
    });
    facts.progress.close();
    const shown = shownOf(report, settings);
    const { severity, unfixed, kernelHeaders } = shown.hidden;
    const hidden = severity + unfixed + kernelHeaders;
    const style = { ...renderStyle(settings.output, settings.listPackages ?? false), hidden };
    await writeResult(await render(shown.report, style), settings.output);
    for (const line of describeHidden(shown.hidden)) facts.progress.warn(line);
    conclude(report, settings, facts);
  });
}
