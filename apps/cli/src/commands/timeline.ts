import {
  beginningOf,
  factsAt,
  type FindingInterval,
  historiesBegin,
  knownSince,
  packageView,
  timeOf,
  withKnownTimes,
} from '@clarion/history';
import { participatingFeeds } from '@clarion/matching';
import { ClarionError, type EffectiveImage, type FeedSource } from '@clarion/model';
import { applyPolicy } from '@clarion/policy';
import { clarionVersion } from '@clarion/release';
import { makeReport, namespaceIds } from '@clarion/reporting';
import { completeSince, type MadeTimeline, makeTimeline } from '@clarion/use-cases';
import { withCommandContext, type CommandContext } from '../command-context';
import { exitCodes } from '../failure';
import type { ImageSettings } from '../image-facts';
import { type ImageSubject, requireKnown } from '../known-facts';
import { writeResult } from '../output';
import { pastImage } from '../past-image';
import { feedsOf, requireFeeds, type ScanFeedSettings } from '../scan-feeds';
import { shownImage } from './history-output';
import { renderTimeline } from './render-timeline';

export interface TimelineSettings extends ImageSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly format: string;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
}

/**
 * `clarion timeline IMAGE`: what changed when, as far as this machine has seen it. Fetches no feeds. Throws `no-data` and
 * `history-pruned` for a period of which nothing is known.
 */
export async function timeline(reference: string, settings: TimelineSettings): Promise<void> {
  requireFormat(settings.format);
  const feeds = feedsOf(settings);
  const now = new Date();
  const asked = settings.from === undefined ? undefined : beginningOf(settings.from, now);
  const to = settings.to === undefined ? now.toISOString() : timeOf(settings.to, now);
  await withCommandContext(settings, async (context) => {
    const { store, progress } = context;
    const { past, indexedAt } = await pastImage(
      reference,
      settings.to === undefined ? settings : { ...settings, at: to },
      context,
    );
    const image = past.find(({ until }) => until === undefined || until > to)?.subject;
    if (image === undefined) throw new Error('The time line of an image has no end');
    const namespaces = namespaceIds(image);
    const taking = participatingFeeds(feeds, namespaces);
    await requireFeeds(taking, namespaces, {
      ...{ store, progress, ...settings },
      ...{ asStored: true, ofPast: settings.to !== undefined },
    });
    await requireKnown(to, { feeds: taking, namespaces }, context);
    const bounds = await boundsOf({ feeds: taking, namespaces, indexedAt: indexedAt ?? undefined }, context, now);
    const from = asked ?? (bounds.earliest < to ? bounds.earliest : to);
    if (from > to) throw new ClarionError('invalid-input', `The period ends at ${to}, before it begins at ${from}`);
    const options = { feeds, now, clarionVersion };
    const made = await makeTimeline(past, { from: bounds.earliest, to }, { store, options });
    const completeFrom = await completeSince(from, namespaces, { store, feeds });
    progress.close();
    const { earliest, knownSince, historyFrom } = bounds;
    const answer = { from, to, completeFrom, knownSince, historyFrom };
    const text =
      settings.format === 'json'
        ? jsonOf(image, { ...made, indexedAt }, answer)
        : renderTimeline(within(made.findings, from), { ...answer, earliest, all: settings.all ?? false });
    await writeResult([text], settings.output);
    if (made.incomplete.length > 0) await sayIncomplete(image, { feeds, to }, context);
  });
}

function within(findings: readonly FindingInterval[], from: string): readonly FindingInterval[] {
  return findings.filter(({ until }) => until === null || until > from);
}

/** As `scan` says it of a report of the end of the period. */
async function sayIncomplete(
  image: EffectiveImage,
  { feeds, to }: { readonly feeds: readonly FeedSource[]; readonly to: string },
  { store, progress }: CommandContext,
): Promise<void> {
  const { facts } = await factsAt(store, to);
  const { incomplete, stale } = applyPolicy(
    await makeReport(image, facts, { feeds, now: new Date(to), clarionVersion }),
    {},
  );
  if (stale.length > 0) progress.warn(`advisory data was stale at the end: ${stale.join(', ')}`);
  if (incomplete.length === 0) return;
  progress.warn(`the time line is incomplete: ${incomplete.join('; ')}`);
  process.exitCode = exitCodes.incomplete;
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

async function boundsOf(subject: ImageSubject, { store }: CommandContext, now: Date): Promise<Bounds> {
  const begun = await historiesBegin(store);
  const [first = now.toISOString()] = subject.feeds.flatMap(({ id }) => begun.get(id) ?? []).sort();
  const historyFrom = (await store.historyFrom()) ?? null;
  return { earliest: historyFrom ?? first, knownSince: (await knownSince(subject, store)) ?? null, historyFrom };
}

interface Answer extends Omit<Bounds, 'earliest'> {
  readonly from: string;
  readonly to: string;
  readonly completeFrom: string;
}

/** `docs/schemas/timeline-v1.json`. */
function jsonOf(
  image: EffectiveImage,
  { findings, incomplete, indexedAt }: MadeTimeline & { readonly indexedAt: string | null },
  answer: Answer,
): string {
  const known = withKnownTimes(findings, indexedAt).filter(({ until }) => until === null || until > answer.from);
  const shown = known.map(({ package: of, ended, ...finding }) => ({
    ...finding,
    package: packageView(of),
    ended: ended && { at: ended.at, cause: ended.cause },
  }));
  const said = { ...answer, indexedAt, complete: incomplete.length === 0, incomplete };
  return `${JSON.stringify({ schemaVersion: 1, image: shownImage(image.image), ...said, findings: shown }, null, 2)}\n`;
}
