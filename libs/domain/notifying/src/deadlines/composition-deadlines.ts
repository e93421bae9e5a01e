import { createTurns } from '@clarion/deadlines';
import {
  type DeadlineInterval,
  type FindingInterval,
  type HistoryReader,
  imageTimeline,
  intervalDeadline,
  suspendedIntervals,
} from '@clarion/history';
import {
  type CompositionStore,
  type DeadlineKind,
  deadlineKinds,
  type ImageStore,
  type StoredImage,
  type TagStore,
} from '@clarion/model';
import type { MatchSubject } from '@clarion/matching';
import type { DeadlinePolicy } from '@clarion/policy';
import type { FindingOptions } from '@clarion/reporting';
import { wholeSubject } from '../composition-subject';
import { isReferenced, type ReferencesNow, referencesNow } from '../references-now';

/** After `from`, up to and with `to`. RFC 3339, in the form of `Date.toISOString`. */
export interface DeadlineWindow {
  readonly from: string;
  readonly to: string;
}

export interface CompositionDeadlinesDeps {
  readonly store: HistoryReader &
    Pick<CompositionStore, 'composition' | 'compositionFeatures'> &
    Pick<ImageStore, 'images'> &
    Pick<TagStore, 'tags'>;
  readonly policy: DeadlinePolicy;
  readonly options: FindingOptions;
  /** Also images whose tags have all been moved to other images. */
  readonly withoutReference: boolean;
}

/** A finding of an image that became due or overdue in a window. */
export interface PassedDeadline {
  readonly kind: DeadlineKind;
  readonly image: ReferencesNow;
  readonly finding: FindingInterval;
  /** RFC 3339. */
  readonly deadline: string;
}

export interface CompositionDeadlines {
  readonly subject: MatchSubject;
  readonly passed: readonly PassedDeadline[];
  /** RFC 3339: when the next one becomes due or overdue; null when none does while facts and images stay as they are. */
  readonly next: string | null;
}

const pageSize = 500;
const beginning = new Date(0).toISOString();

/**
 * The deadlines of all images of a composition in a window, by what was known at its end. Both ends are judged by the
 * policy of now, so that another policy does not make everything overdue that has long been there. Undefined for a
 * composition that is gone. Throws `limit-exceeded`.
 */
export async function compositionDeadlines(
  id: string,
  window: DeadlineWindow,
  deps: CompositionDeadlinesDeps,
): Promise<CompositionDeadlines | undefined> {
  const { store, options } = deps;
  const composition = await store.composition(id);
  const subject = composition && (await wholeSubject(composition, store));
  if (subject === undefined) return undefined;
  const period = { from: (await store.historyFrom()) ?? beginning, to: window.to };
  const { findings } = await imageTimeline([{ subject }], period, { store, options });
  const suspended = suspendedIntervals(findings);
  const open = findings
    .filter(({ until }) => until === null)
    .map((finding) => {
      const interval = { ...finding, suspended: suspended.get(finding) ?? [] };
      return { finding, decided: decideOnce(interval, window, deps.policy) };
    });
  const passed: PassedDeadline[] = [];
  let next: string | null = null;
  const turns = createTurns();
  for await (const { image, indexedAt } of indexedImages(id, window, deps)) {
    for (const { finding, decided } of open) {
      if (turns.isOver()) await turns.next();
      const { kind, deadline, next: later } = decided(indexedAt);
      if (kind !== undefined && deadline !== undefined) passed.push({ kind, image, finding, deadline });
      if (later !== null && (next === null || later < next)) next = later;
    }
  }
  return { subject, passed, next };
}

interface FindingOfImage {
  /** What happened in the window. */
  readonly kind?: DeadlineKind;
  readonly deadline?: string;
  readonly next: string | null;
}

/** Decides about an open finding by the time when an image was indexed; images before the finding share its deadline. */
type DecideFinding = (indexedAt: string) => FindingOfImage;

function decideOnce(interval: DeadlineInterval, window: DeadlineWindow, policy: DeadlinePolicy): DecideFinding {
  const known = new Map<string, FindingOfImage>();
  const from = interval.suspended?.[0]?.from ?? interval.from;
  return (indexedAt) => {
    const since = indexedAt > from ? indexedAt : from;
    const found = known.get(since) ?? decide(interval, { ...window, indexedAt: since }, policy);
    known.set(since, found);
    return found;
  };
}

function decide(
  interval: DeadlineInterval,
  { from, to, indexedAt }: DeadlineWindow & { readonly indexedAt: string },
  policy: DeadlinePolicy,
): FindingOfImage {
  const now = intervalDeadline(interval, { indexedAt, at: to }, policy);
  if (now === undefined) return { next: null };
  const overdueFrom = new Date(Date.parse(now.deadline) + 1).toISOString();
  const next = [now.dueFrom, overdueFrom].find((time) => time > to) ?? null;
  const kind = deadlineKinds.find((one) => one === now.state);
  const earlier = openAt(interval, from);
  const before = earlier && intervalDeadline(earlier, { indexedAt, at: from }, policy)?.state;
  if (kind === undefined || before === kind || before === 'overdue') return { next };
  return { kind, deadline: now.deadline, next };
}

/** The finding as it was at a time; undefined where it was not there, or own data hid it. */
function openAt({ suspended = [], ...last }: DeadlineInterval, time: string): DeadlineInterval | undefined {
  const intervals = [...suspended, last];
  const index = intervals.findIndex(({ from, until }) => from <= time && (until === null || until > time));
  const found = intervals[index];
  return found && { ...found, suspended: intervals.slice(0, index) };
}

interface IndexedImage {
  readonly image: ReferencesNow;
  readonly indexedAt: string;
}

async function* indexedImages(
  composition: string,
  { to }: DeadlineWindow,
  { store, withoutReference }: Pick<CompositionDeadlinesDeps, 'store' | 'withoutReference'>,
): AsyncGenerator<IndexedImage, void, undefined> {
  let after: string | undefined;
  do {
    const request = { limit: pageSize, ...(after === undefined ? {} : { after }) };
    const page = await store.images({ by: 'composition', composition }, request);
    const images = page.items.map((image) => ({ ...image, references: image.references ?? [] }));
    for (const [index, image] of (await referencesNow(images, store)).entries()) {
      const indexedAt = firstIndexedAt(images[index]);
      if (indexedAt === undefined || indexedAt > to) continue;
      if (withoutReference || isReferenced(image)) yield { image, indexedAt };
    }
    after = page.next;
  } while (after !== undefined);
}

/** When anything was known of an image first: reading it with other detectors starts no new deadline. */
function firstIndexedAt(image: StoredImage | undefined): string | undefined {
  return image?.earlier?.[0]?.indexedAt ?? image?.submission?.indexedAt;
}
