import { baseLayers, type ComparedFinding, type ComparedSide, compareFindings, splitTime } from '@clarion/history';
import { participatingFeeds } from '@clarion/matching';
import { applyPolicy } from '@clarion/policy';
import { compareSeverity, type Finding, type Report, severities } from '@clarion/model';
import { makeReport, namespaceIds } from '@clarion/reporting';
import { clarionVersion } from '@clarion/release';
import { type CommandContext, withCommandContext } from '../command-context';
import { exitCodes } from '../failure';
import { type ImageSettings, readImage } from '../image-facts';
import { knownFacts } from '../known-facts';
import { writeResult } from '../output';
import { alignedRows } from '../rows';
import { parseSeverity } from '../parse-severity';
import { feedsOf, requireFeeds, type ScanFeedSettings } from '../scan-feeds';
import { shownPackage, stateText } from './history-output';
import { requireFormat } from './timeline';

export interface DiffSettings extends ImageSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly format: string;
  readonly failOn?: string;
  readonly unchanged?: boolean;
}

interface Side extends ComparedSide {
  readonly report: Report;
  readonly at: string | null;
}

/** `clarion diff A B`: the findings of two images, or of one at two times. Fetches no feeds. */
export async function diff([a, b]: readonly [string, string], settings: DiffSettings): Promise<void> {
  requireFormat(settings.format);
  const failOn = settings.failOn === undefined ? undefined : parseSeverity(settings.failOn);
  await withCommandContext(settings, async (context) => {
    const first = await sideOf(a, settings, context);
    const second = await sideOf(b, settings, context);
    context.progress.close();
    const all = compareFindings(first, second);
    const shown = settings.unchanged === true ? all : all.filter(({ change }) => change !== 'unchanged');
    const text = settings.format === 'json' ? jsonOf(first, second, all) : renderDifference(shown, all);
    await writeResult([text], settings.output);
    const incomplete = [...unknownIn(a, first), ...unknownIn(b, second)];
    for (const line of incomplete) context.progress.warn(line);
    const isAdded = ({ change, finding }: ComparedFinding): boolean =>
      change === 'added' && failOn !== undefined && compareSeverity(finding.severity, failOn) <= 0;
    if (all.some(isAdded)) process.exitCode = exitCodes.violated;
    else if (incomplete.length > 0) process.exitCode = exitCodes.incomplete;
  });
}

async function sideOf(text: string, settings: DiffSettings, context: CommandContext): Promise<Side> {
  const feeds = feedsOf(settings);
  const { reference, time } = splitTime(text);
  const image = await readImage(reference, settings, context);
  const namespaces = namespaceIds(image);
  const taking = participatingFeeds(feeds, namespaces);
  const { store, progress } = context;
  await requireFeeds(taking, namespaces, { store, progress, ...settings, asStored: true });
  const { facts, now, at = null } = await knownFacts(time, { feeds: taking, namespaces }, context);
  const report = await makeReport(image, facts, { feeds, now, clarionVersion });
  const digest = image.image.manifestDigest ?? image.layers.join(' ');
  const { features } = image;
  return { digest, findings: report.findings, features, base: baseLayers(image), report, at };
}

/** Why findings may be missing on a side. */
function unknownIn(text: string, { report }: Side): readonly string[] {
  return applyPolicy(report, {}).incomplete.map((reason) => `${text} is incomplete: ${reason}`);
}

/** `docs/schemas/comparison-v1.json`. */
function jsonOf(a: Side, b: Side, all: readonly ComparedFinding[]): string {
  const side = ({ report, at, base }: Side): object => {
    const { reference, manifestDigest, platform } = report.image;
    return { reference, manifestDigest, platform, at, baseLayers: base.size, complete: report.coverage.complete };
  };
  const findings = all.map(({ finding, before, ...one }) => ({
    ...one,
    finding: shownFinding(finding),
    before: before && shownFinding(before),
  }));
  return `${JSON.stringify({ schemaVersion: 1, a: side(a), b: side(b), summary: countsOf(all), findings }, null, 2)}\n`;
}

function shownFinding({ id, aliases, severity, state, fixedIn, package: of }: Finding): object {
  return { id, aliases, severity, state, fixedIn, package: shownPackage(of) };
}

function countsOf(
  all: readonly ComparedFinding[],
): Readonly<Record<ComparedFinding['change'], Record<string, number>>> {
  const none = (): Record<string, number> => Object.fromEntries(severities.map((severity) => [severity, 0]));
  const counts = { added: none(), gone: none(), unchanged: none() };
  for (const { change, finding } of all) counts[change][finding.severity] = (counts[change][finding.severity] ?? 0) + 1;
  return counts;
}

/** The findings by what happened to them, and a line of counts. */
export function renderDifference(shown: readonly ComparedFinding[], all: readonly ComparedFinding[]): string {
  const aligned = alignedRows(
    shown.map(({ cause, place, finding, before }) => [
      ...[finding.id, finding.severity, packageText(finding, before), stateText(finding)],
      cause === null ? place : `${cause}, ${place}`,
    ]),
  );
  const counts = changes.map((change) => `${all.filter((one) => one.change === change).length} ${change}`);
  const listed = changes.flatMap((change) => {
    const rows = aligned.filter((_, index) => shown[index]?.change === change);
    return rows.length === 0 ? [] : [`${change}:`, ...rows, ''];
  });
  return `${[...listed, counts.join(', ')].join('\n')}\n`;
}

const changes = ['added', 'gone', 'unchanged'] as const;

function packageText({ package: { name, version } }: Finding, before: Finding | null): string {
  const was = before === null || before.package.version === version ? '' : `${before.package.version} → `;
  return `${name} ${was}${version}`;
}
