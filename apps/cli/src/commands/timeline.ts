import {
  type FindingInterval,
  type FindingStep,
  imageTimeline,
  packageView,
  type StepCause,
  beginningOf,
  keptSince,
  timeOf,
  type TimelineStep,
  withKnownTimes,
} from '@clarion/history';
import { participatingFeeds } from '@clarion/matching';
import { ClarionError, compareText, type EffectiveImage } from '@clarion/model';
import { namespaceIds } from '@clarion/reporting';
import { withCommandContext, type CommandContext } from '../command-context';
import { printable } from '../failure';
import { type ImageSettings, readImage } from '../image-facts';
import { writeResult } from '../output';
import { alignedRows } from '../rows';
import { feedsOf, requireFeeds, type ScanFeedSettings } from '../scan-feeds';
import { shownImage, stateText } from './history-output';

export interface TimelineSettings extends ImageSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly format: string;
  readonly from?: string;
  readonly to?: string;
}

/** `clarion timeline IMAGE`: what changed when, as far as this machine has seen it. Fetches no feeds. */
export async function timeline(reference: string, settings: TimelineSettings): Promise<void> {
  requireFormat(settings.format);
  const feeds = feedsOf(settings);
  const now = new Date();
  const asked = settings.from === undefined ? undefined : beginningOf(settings.from, now);
  const to = settings.to === undefined ? now.toISOString() : timeOf(settings.to, now);
  await withCommandContext(settings, async (context) => {
    const { store, progress } = context;
    const image = await readImage(reference, settings, context);
    const namespaces = namespaceIds(image);
    const taking = participatingFeeds(feeds, namespaces);
    await requireFeeds(taking, namespaces, { store, progress, ...settings, asStored: true });
    const about = { feeds: taking.map(({ id }) => id), namespaces };
    const bounds = await boundsOf(about, context, now);
    const from = asked ?? bounds.earliest;
    if (from > to) throw new ClarionError('invalid-input', `The period ends at ${to}, before it begins at ${from}`);
    const period = { from: from < bounds.earliest && bounds.historyFrom !== null ? from : bounds.earliest, to };
    const { findings } = await imageTimeline([{ subject: image }], period, { store, options: { feeds } });
    progress.close();
    const shown = findings.filter(({ until }) => until === null || until > from);
    const { knownSince, historyFrom } = bounds;
    const answer = { from, to, knownSince, historyFrom };
    const text = settings.format === 'json' ? jsonOf(image, shown, answer) : renderTimeline(shown, answer);
    await writeResult([text], settings.output);
  });
}

export function requireFormat(format: string): void {
  if (format === 'table' || format === 'json') return;
  throw new ClarionError('invalid-input', `There is no format "${format}" for this command`, {
    remedy: 'known: table, json',
  });
}

interface Bounds {
  /** The first time of which anything is known. */
  readonly earliest: string;
  readonly knownSince: string | null;
  readonly historyFrom: string | null;
}

async function boundsOf(
  { feeds, namespaces }: { readonly feeds: readonly string[]; readonly namespaces: readonly string[] },
  { store }: CommandContext,
  now: Date,
): Promise<Bounds> {
  const loaded = (await store.horizons()).flatMap(({ feed, at }) => (feeds.includes(feed) ? [at] : [])).sort();
  const times = [...loaded, (await keptSince(store, namespaces)) ?? []].flat().sort();
  const historyFrom = (await store.historyFrom()) ?? null;
  return { earliest: historyFrom ?? loaded[0] ?? now.toISOString(), knownSince: times.at(-1) ?? null, historyFrom };
}

type Answer = Omit<Bounds, 'earliest'> & { readonly from: string; readonly to: string };

/** `docs/schemas/timeline-v1.json`. */
function jsonOf(image: EffectiveImage, findings: readonly FindingInterval[], answer: Answer): string {
  const shown = withKnownTimes(findings, null).map(({ package: of, ended, ...finding }) => ({
    ...finding,
    package: packageView(of),
    ended: ended && { at: ended.at, cause: ended.cause },
  }));
  return `${JSON.stringify({ schemaVersion: 1, image: shownImage(image.image), ...answer, findings: shown }, null, 2)}\n`;
}

interface Line {
  readonly at: string;
  /** Why; lines with the same time and cause are shown together. */
  readonly cause: string;
  readonly cells: readonly string[];
}

/** The changes of each step, oldest first. */
export function renderTimeline(
  findings: readonly FindingInterval[],
  { from, knownSince, historyFrom }: Answer,
): string {
  const known = `Feeds are known here since ${knownSince ?? 'never'}`;
  const bounds = historyFrom === null ? known : `${known}; the log begins at ${historyFrom}`;
  const lines = findings.flatMap((finding) => linesOf(finding, from));
  if (lines.length === 0) return `Nothing was found, and nothing changed. ${bounds}\n`;
  const aligned = alignedRows(lines.map(({ cells }) => cells));
  const steps = new Map<string, string[]>();
  for (const [index, { at, cause }] of lines.entries()) {
    const title = printable(`${at}  ${cause}`);
    steps.set(title, [...(steps.get(title) ?? []), aligned[index] ?? '']);
  }
  const shown = [...steps].sort(([a], [b]) => compareText(a, b)).flatMap(([title, rows]) => [title, ...rows, '']);
  return `${[...shown, bounds].join('\n')}\n`;
}

function linesOf({ id, package: of, steps, ended }: FindingInterval, from: string): readonly Line[] {
  const lineOf = (change: string, step: FindingStep, at: TimelineStep = step): Line => ({
    at: at.at,
    cause: causeText(at.cause),
    cells: [change, id, step.severity, `${of.name} ${of.version}`, stateText(step)],
  });
  const changes = steps.map((step, index) => {
    const change = step.cause.kind === 'start' ? 'known' : index === 0 ? 'added' : 'changed';
    return lineOf(change, step);
  });
  const last = steps.at(-1);
  if (ended !== null && last !== undefined) changes.push(lineOf('gone', last, ended));
  const before = steps.findLast(({ at }) => at < from);
  const since = changes.filter(({ at }) => at >= from);
  return before === undefined ? since : [lineOf('known', before, { at: from, cause: { kind: 'start' } }), ...since];
}

function causeText(cause: StepCause): string {
  if (!('feed' in cause)) return cause.kind === 'start' ? 'known then' : 'read with other detectors';
  const kind = cause.kind === 'exception' ? 'own data ' : '';
  return `${kind}${cause.feed}${cause.loaded === true ? ' loaded for the first time' : ''}`;
}
