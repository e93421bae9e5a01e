import { participatingFeeds, roleOf } from '@clarion/matching';
import { filterFindings, applyPolicy, type PolicyResult } from '@clarion/policy';
import { parseSeverityOrder, type ReportOptions } from '@clarion/reporting';
import { feedName, type FeedSource, type Report } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { withCommandContext, type CommandContext } from '../command-context';
import { acceptedEcosystems } from '../accepted-ecosystems';
import { feedsOf, refreshFeeds, requireFeeds, scanFeeds, type ScanFeedSettings } from '../scan-feeds';
import { reportFormat } from '../formats';
import { readImage, type ImageSettings } from '../image-facts';
import { knownFacts } from '../known-facts';
import { scannedImage } from '../scanned-image';
import { scannedReport } from '../scanned-report';
import { renderStyle, writeResult } from '../output';
import { parseSeverity } from '../parse-severity';
import { writeInventory } from './packages';

export interface ScanSettings extends ImageSettings, ScanFeedSettings {
  readonly format: string;
  readonly severity?: string;
  readonly severityOrder?: string;
  readonly ignoreUnfixed?: boolean;
  readonly failOn?: string;
  readonly failOnOtherArchitectures?: boolean;
  readonly allowIncomplete?: boolean;
  readonly allowUnrated?: boolean;
  readonly failOnUnderInvestigation?: boolean;
  readonly failOnInformational?: boolean;
  readonly allowInferred?: boolean;
  /** Names, separated by commas. */
  readonly allowUnread?: string;
  readonly maxFeedAge: number;
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

/** Warns about packages for which it is not known yet whether they are affected. */
function describeUnderInvestigation(count: number, { failOn = '' }: ScanSettings): string {
  const subject = count === 1 ? '1 finding is' : `${count} findings are`;
  return `${subject} ${failOn} or more severe and still under investigation; --fail-on-under-investigation counts such findings`;
}

/** What a scan accepts is never silent. */
function describeInferred(count: number, { failOn = '' }: ScanSettings): string {
  const subject = count === 1 ? '1 finding' : `${count} findings`;
  return `${subject} of packages that are only inferred would fail --fail-on ${failOn} (--allow-inferred)`;
}

/** A finding without a severity is not harmless: the gate reports that it could not evaluate it, and why. */
function describeUnrated(
  { findings, missing, switchedOff, lacking }: NonNullable<PolicyResult['unrated']>,
  { failOn = '', allowUnrated = false, feedsDir }: ScanSettings,
): string {
  const subject = findings === 1 ? '1 finding has no severity' : `${findings} findings have no severity`;
  const pass = findings === 1 ? 'passes' : 'pass';
  if (allowUnrated) return `${subject}, and ${pass} --fail-on ${failOn} (--allow-unrated)`;
  const [loading, off] = [missing.join(', '), switchedOff.join(', ')];
  const load =
    feedsDir === undefined
      ? `run clarion update ${missing.join(' ')}`
      : `put what clarion feeds --layout names for it into ${feedsDir}`;
  const reasons = [
    ...(loading === '' ? [] : [`${loading} was never loaded or is stale; ${load}`]),
    ...lackingReasons(lacking),
    ...(off === '' ? [] : [`${off} is switched off; take it out of feeds.disable`]),
  ];
  if (reasons.length === 0) return `${subject}, and ${pass} --fail-on ${failOn}: no feed of this scan rates them`;
  return `${subject}, and --fail-on ${failOn} cannot evaluate ${findings === 1 ? 'it' : 'them'}: ${reasons.join('; ')}, or say --allow-unrated`;
}

const mostDocuments = 3;

function lackingReasons(lacking: NonNullable<PolicyResult['unrated']>['lacking']): readonly string[] {
  return [...new Set(lacking.map(({ feed }) => feed))].map((feed) => {
    const names = lacking.filter((one) => one.feed === feed).map(({ document }) => document);
    const list = names.slice(0, mostDocuments).join(', ') + (names.length > mostDocuments ? ', …' : '');
    return `${feed} was loaded without ${list}; put that into the mirror and run clarion update ${feed}`;
  });
}

/** Feeds that provide severities but are disabled in the configuration. */
function severitiesSwitchedOff(feeds: readonly FeedSource[]): readonly string[] {
  return feeds.filter((feed) => feed.enabled === false && roleOf(feed) === 'severities').map((feed) => feedName(feed));
}

/** Applies the policy of the command line to the whole report, independent of what is shown of it. */
function policyResultOf(
  report: Report,
  settings: ScanSettings,
  { feeds, now }: { readonly feeds: readonly FeedSource[]; readonly now: Date },
): PolicyResult {
  return applyPolicy(report, {
    ...(settings.failOn === undefined ? {} : { failOn: parseSeverity(settings.failOn) }),
    ignoreUnfixed: settings.ignoreUnfixed ?? false,
    otherArchitectures: settings.failOnOtherArchitectures ?? false,
    informational: settings.failOnInformational ?? false,
    allowInferred: settings.allowInferred ?? false,
    allowIncomplete: settings.allowIncomplete ?? false,
    allowUnrated: settings.allowUnrated ?? false,
    underInvestigation: settings.failOnUnderInvestigation ?? false,
    switchedOff: severitiesSwitchedOff(feeds),
    now,
  });
}

function describeViolations({ violations }: PolicyResult, { failOn = '' }: ScanSettings): readonly string[] {
  const notices = violations.filter(({ kind }) => kind === 'informational').length;
  const severe = violations.length - notices;
  return [
    ...(severe > 0
      ? [`${severe === 1 ? '1 finding is' : `${severe} findings are`} ${failOn} or more severe (--fail-on)`]
      : []),
    ...(notices > 0
      ? [`${notices === 1 ? '1 finding is a notice' : `${notices} findings are notices`} (--fail-on-informational)`]
      : []),
  ];
}

/** Reports the policy result on stderr. */
function conclude(result: PolicyResult, settings: ScanSettings, facts: Pick<CommandContext, 'progress'>): void {
  for (const line of describeViolations(result, settings)) facts.progress.warn(line);
  if (result.incomplete.length > 0) facts.progress.warn(`the scan is incomplete: ${result.incomplete.join('; ')}`);
  if (result.underInvestigation !== undefined)
    facts.progress.warn(describeUnderInvestigation(result.underInvestigation, settings));
  if (result.inferred !== undefined) facts.progress.warn(describeInferred(result.inferred, settings));
  if (result.stale.length > 0) {
    const remedy = 'bring it up to date, or say how old it may be with --max-feed-age';
    facts.progress.warn(`advisory data is stale: ${result.stale.join(', ')}; ${remedy}`);
  }
  if (result.unrated !== undefined) facts.progress.warn(describeUnrated(result.unrated, settings));
  process.exitCode = result.exitCode;
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
      const image = await readImage(reference, settings, facts);
      facts.progress.close();
      await writeInventory(image, settings, facts);
      return;
    }
    const scanned = await scannedImage(reference, settings, facts);
    const taking = participatingFeeds(feeds, scanned.namespaces);
    if (settings.at === undefined) {
      await refreshFeeds(taking, from, facts);
      await requireFeeds(taking, scanned.namespaces, { ...facts, ...settings });
    }
    const known = await knownFacts(settings.at, { feeds: taking, namespaces: scanned.namespaces }, facts);
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
    const result = policyResultOf(report, settings, { feeds, now: known.now });
    const shown = shownOf(report, settings, result);
    const details = settings.details ?? false;
    const style = { ...renderStyle(settings.output, settings.listPackages ?? false), details };
    await writeResult(await render(shown, style), settings.output);
    for (const line of describeFiltered(shown)) facts.progress.warn(line);
    conclude(result, settings, facts);
    await keep();
  });
}
