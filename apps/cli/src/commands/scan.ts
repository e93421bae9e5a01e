import { feedSources } from '@clarion/feed-sources';
import { filterFindings, judge, matchImage, missingFeeds } from '@clarion/matching';
import { ClarionError, severities, type EffectiveImage, type FeedSource, type Report, type Severity } from '@clarion/model';
import { describeError, exitCodes } from '../failure';
import { withFacts, type Facts } from '../facts';
import { feedsFromDirectory, feedsFromNetwork, isDue, refreshFeed, type UpstreamFor } from '../feed-refresh';
import { reportFormat } from '../formats';
import { readImage, type ImageSettings } from '../image-facts';
import { renderStyle, writeResult } from '../output';
import { clarionVersion } from '../release';
import { writeInventory } from './packages';

export interface ScanSettings extends ImageSettings {
  readonly format: string;
  readonly severity?: string;
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

/** Feeds that speak about the distribution of this image. */
function feedsFor(image: EffectiveImage): readonly FeedSource[] {
  const ids = [...image.namespaces, ...image.channels].map((namespace) => namespace.id);
  const covers = (pattern: string): boolean =>
    ids.some((id) => (pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern));
  return feedSources.filter((feed) => feed.namespaces.some(covers));
}

/** Brings the feeds this image needs up to date. A feed that cannot be reached is used as it is, with a warning. */
async function refreshFor(image: EffectiveImage, settings: ScanSettings, facts: Facts): Promise<void> {
  const states = new Map((await facts.store.feedStates()).map((state) => [state.feed, state]));
  const fromFiles = settings.feedsDir !== undefined;
  const due = feedsFor(image).filter((feed) => fromFiles || isDue(feed, states.get(feed.id), new Date()));
  if (due.length === 0) return;
  const upstreamFor: UpstreamFor = settings.feedsDir === undefined ? feedsFromNetwork() : feedsFromDirectory(settings.feedsDir);
  for (const feed of due) {
    try {
      await refreshFeed(feed, { upstreamFor }, facts);
    } catch (error) {
      if (facts.signal.aborted) throw error;
      facts.progress.warn(`${feed.id} was not updated: ${describeError(error)}`);
    }
  }
}

/** Refuses to report on an image whose feeds were never loaded: that would look like a clean bill. */
async function requireData(image: EffectiveImage, settings: ScanSettings, facts: Facts): Promise<void> {
  const missing = missingFeeds(feedsFor(image), await facts.store.feedStates());
  if (missing.length === 0) return;
  throw new ClarionError('no-data', `There is no advisory data of ${missing.join(', ')}, which ${image.namespaces[0]?.id ?? 'this image'} needs`, {
    remedy: settings.offline || settings.feedsDir !== undefined ? 'run clarion update with network access, or give --feeds-dir DIR' : 'run clarion update and see why it fails',
  });
}

function setExitCode(report: Report, settings: ScanSettings): void {
  const verdict = judge(report, {
    ...(settings.failOn === undefined ? {} : { failOn: parseSeverity(settings.failOn) }),
    ignoreUnfixed: settings.ignoreUnfixed ?? false,
    allowIncomplete: settings.allowIncomplete ?? false,
  });
  if (verdict.violations.length > 0) process.exitCode = exitCodes.violated;
  else if (verdict.incomplete) process.exitCode = exitCodes.incomplete;
  else if (verdict.stale) process.exitCode = exitCodes.noData;
}

/** `clarion scan IMAGE`: detect, refresh the feeds the image needs, match, report. */
export async function scan(reference: string, settings: ScanSettings): Promise<void> {
  const render = reportFormat(settings.format);
  const shown = settings.severity?.split(',').map(parseSeverity);
  if (settings.failOn !== undefined) parseSeverity(settings.failOn);
  await withFacts(settings, async (facts) => {
    const image = await readImage(reference, settings, facts);
    if (!settings.match) {
      facts.progress.close();
      await writeInventory(image, settings);
      return;
    }
    if (!settings.offline || settings.feedsDir !== undefined) await refreshFor(image, settings, facts);
    await requireData(image, settings, facts);
    const report = await matchImage(image, facts.store, { feeds: feedSources, now: new Date(), maxFeedAgeMinutes: settings.maxFeedAge, clarionVersion });
    facts.progress.close();
    const filtered = filterFindings(report, { ...(shown === undefined ? {} : { severities: shown }), ignoreUnfixed: settings.ignoreUnfixed ?? false });
    await writeResult(await render(filtered.report, renderStyle(settings.output, settings.listPackages ?? false)), settings.output);
    if (filtered.hidden > 0) facts.progress.warn(`${filtered.hidden} findings are hidden by --severity or --ignore-unfixed`);
    setExitCode(report, settings);
  });
}
