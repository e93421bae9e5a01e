import { roleOf } from '@clarion/matching';
import { feedName, type FeedSource } from '@clarion/model';
import type { PolicyResult, ScanPolicy } from '@clarion/policy';
import { parseSeverity } from './parse-severity';

/** What makes a command fail, and what it accepts. */
export interface GateSettings {
  readonly ignoreUnfixed?: boolean;
  readonly failOn?: string;
  readonly failOnOtherArchitectures?: boolean;
  readonly failOnUnderInvestigation?: boolean;
  readonly failOnInformational?: boolean;
  readonly allowIncomplete?: boolean;
  readonly allowUnrated?: boolean;
  readonly allowInferred?: boolean;
  /** Names, separated by commas. */
  readonly allowUnread?: string;
  /** Minutes. */
  readonly maxFeedAge: number;
  readonly feedsDir?: string;
}

/** The policy of the command line, for the whole report, independent of what is shown of it. */
export function gatePolicy(
  settings: GateSettings,
  { feeds, now }: { readonly feeds: readonly FeedSource[]; readonly now: Date },
): ScanPolicy {
  return {
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
  };
}

/** What a policy result says of findings, a line each. */
export function describeFindings(result: PolicyResult, settings: GateSettings): readonly string[] {
  const { underInvestigation, inferred, unrated } = result;
  return [
    ...describeViolations(result, settings),
    ...(underInvestigation === undefined ? [] : [describeUnderInvestigation(underInvestigation, settings)]),
    ...(inferred === undefined ? [] : [describeInferred(inferred, settings)]),
    ...(unrated === undefined ? [] : [describeUnrated(unrated, settings)]),
  ];
}

/** Why findings may be missing, a line each. */
export function describeCoverage({ incomplete, stale }: PolicyResult): readonly string[] {
  const remedy = 'bring it up to date, or say how old it may be with --max-feed-age';
  return [
    ...(incomplete.length > 0 ? [`the scan is incomplete: ${incomplete.join('; ')}`] : []),
    ...(stale.length > 0 ? [`advisory data is stale: ${stale.join(', ')}; ${remedy}`] : []),
  ];
}

/** Warns about packages for which it is not known yet whether they are affected. */
function describeUnderInvestigation(count: number, { failOn = '' }: GateSettings): string {
  const subject = count === 1 ? '1 finding is' : `${count} findings are`;
  return `${subject} ${failOn} or more severe and still under investigation; --fail-on-under-investigation counts such findings`;
}

/** What a scan accepts is never silent. */
function describeInferred(count: number, { failOn = '' }: GateSettings): string {
  const subject = count === 1 ? '1 finding' : `${count} findings`;
  return `${subject} of packages that are only inferred would fail --fail-on ${failOn} (--allow-inferred)`;
}

/** A finding without a severity is not harmless: the gate reports that it could not evaluate it, and why. */
function describeUnrated(
  { findings, missing, switchedOff, lacking }: NonNullable<PolicyResult['unrated']>,
  { failOn = '', allowUnrated = false, feedsDir }: GateSettings,
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

function describeViolations({ violations }: PolicyResult, { failOn = '' }: GateSettings): readonly string[] {
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
