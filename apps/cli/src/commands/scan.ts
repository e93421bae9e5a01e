import { timeOf } from '@clarion/history';
import { participatingFeeds } from '@clarion/matching';
import { filterFindings, applyPolicy, type PolicyResult } from '@clarion/policy';
import { namespaceIds, parseSeverityOrder, type ReportOptions } from '@clarion/reporting';
import type { Report } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { withCommandContext, type CommandContext } from '../command-context';
import { acceptedEcosystems } from '../accepted-ecosystems';
import { feedsOf, refreshFeeds, requireFeeds, scanFeeds, type ScanFeedSettings } from '../scan-feeds';
import { reportFormat } from '../formats';
import { describeCoverage, describeFindings, gatePolicy, type GateSettings } from '../gate';
import type { ImageSettings } from '../image-facts';
import { knownFacts } from '../known-facts';
import { type ScannedImage, scannedImage } from '../scanned-image';
import { scannedReport } from '../scanned-report';
import { renderStyle, writeResult } from '../output';
import { parseSeverity } from '../parse-severity';
import { listPackages } from './packages';

export interface ScanSettings extends ImageSettings, ScanFeedSettings, GateSettings {
  readonly format: string;
  readonly severity?: string;
  readonly severityOrder?: string;
  readonly listPackages?: boolean;
  readonly showSuppressed?: boolean;
  readonly details?: boolean;
  readonly match: boolean;
  /** RFC 3339, or a date. */
  readonly at?: string;
}

function severityOrderOf({ severityOrder }: ScanSettings): Pick<ReportOptions, 'severityOrder'> {
  return severityOrder === undefined ? {} : { severityOrder: parseSeverityOrder(severityOrder) };
}

/**
 * The findings to show; for packages with only kernel headers, the table has exactly those findings for which the
 * scan fails.
 */
function shownOf(report: Report, settings: ScanSettings, { violations }: PolicyResult): Report {
  const wanted = settings.severity?.split(',').map(parseSeverity);
  return filterFindings(report, {
    ...(wanted === undefined ? {} : { severities: wanted }),
    ignoreUnfixed: settings.ignoreUnfixed ?? false,
    ...(settings.format === 'table' ? { hideKernelHeaders: { except: violations } } : {}),
  });
}

function describeFiltered({ filtered }: Report): readonly string[] {
  if (filtered === undefined) return [];
  const { severity, unfixed, kernelHeaders } = filtered;
  const lines = [
    [severity, '', 'hidden by --severity'],
    [unfixed, ' without a fix', 'hidden by --ignore-unfixed'],
    [kernelHeaders, ' of kernel headers', 'not listed (--format json has them)'],
  ] as const;
  return lines.flatMap(([count, kind, why]) => {
    if (count === 0) return [];
    return [count === 1 ? `1 finding${kind} is ${why}` : `${count} findings${kind} are ${why}`];
  });
}

/** The image as it is read now, or as it was read at the time that is asked for. */
async function imageToScan(
  reference: string,
  settings: ScanSettings,
  facts: CommandContext,
): Promise<ScannedImage & { readonly indexedAt?: string | undefined }> {
  if (settings.at === undefined) return scannedImage(reference, settings, facts);
  // Other scans do not load it.
  const [{ imageThen }, { firstReadHere }] = await Promise.all([import('../past-image'), import('../stored-image')]);
  const image = await imageThen(reference, { ...settings, at: timeOf(settings.at, new Date()) }, facts);
  const indexedAt = await firstReadHere(image, facts);
  return { namespaces: namespaceIds(image), image: () => Promise.resolve(image), indexedAt };
}

/** `clarion scan IMAGE`: detect, refresh the feeds the image needs, match, report. */
export async function scan(reference: string, settings: ScanSettings): Promise<void> {
  const render = reportFormat(settings.format);
  // Typing mistakes are rejected before any work is done.
  const feeds = feedsOf(settings);
  for (const text of [...(settings.severity?.split(',') ?? []), settings.failOn ?? 'Low']) parseSeverity(text);
  const order = severityOrderOf(settings);
  const accepted = acceptedEcosystems(settings);
  await withCommandContext(settings, async (facts) => {
    const from = scanFeeds(settings, facts.signal);
    if (!settings.match) {
      await listPackages(reference, settings, facts);
      return;
    }
    const scanned = await imageToScan(reference, settings, facts);
    const taking = participatingFeeds(feeds, scanned.namespaces);
    const ofPast = settings.at !== undefined;
    if (!ofPast) await refreshFeeds(taking, from, facts);
    await requireFeeds(taking, scanned.namespaces, { ...facts, ...settings, ofPast });
    const { namespaces, indexedAt } = scanned;
    const known = await knownFacts(settings.at, { feeds: taking, namespaces, indexedAt }, facts);
    const { report, keep } = await scannedReport(scanned, known.facts, {
      store: facts.store,
      feeds,
      now: known.now,
      maxFeedAgeMinutes: settings.maxFeedAge,
      ...order,
      acceptedEcosystems: accepted,
      listSuppressed: settings.showSuppressed ?? false,
      clarionVersion,
    });
    facts.progress.close();
    const result = applyPolicy(report, gatePolicy(settings, { feeds, now: known.now }));
    const shown = shownOf(report, settings, result);
    const details = settings.details ?? false;
    const style = { ...renderStyle(settings.output, settings.listPackages ?? false), details };
    await writeResult(await render(shown, style), settings.output);
    for (const line of describeFiltered(shown)) facts.progress.warn(line);
    for (const line of [...describeFindings(result, settings), ...describeCoverage(result)]) facts.progress.warn(line);
    process.exitCode = result.exitCode;
    await keep();
  });
}
