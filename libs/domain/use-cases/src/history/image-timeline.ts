import { beginningOf, timeOf } from '@clarion/history';
import { ClarionError, type Digest, type PageRequest } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { requireIndexed } from '../indexed-image';
import type { RenderOptions } from '../report-file';
import { answerPart } from './answer-part';
import { type AskedPeriod, completeFrom } from './complete-from';
import type { ImageTimelineView, TimelineOptions } from './history-views';
import { firstIndexedAt } from './image-at';
import { earliestTime, knownHistory } from './known-history';
import type { TimelineAnswer, TimelinePart } from './part-types';
import { timelineKey } from './timeline-key';
import type { TimelineCache } from './timeline-cache';

export interface Asked {
  readonly page: PageRequest;
  readonly options: RenderOptions;
  readonly context: UseCaseContext;
}

/** Findings of a time line that are made, and kept, at once: pages of one time line cost one. */
const findingsAtOnce = 5000;

/** `HistoryUseCases.imageTimeline`; `after` is the end of the period, and the number of findings already returned. */
export async function timelineOfImage(
  digest: Digest,
  asked: Pick<TimelineOptions, 'from' | 'to'>,
  { page, options, context, timelines }: Asked & { readonly timelines: TimelineCache },
): Promise<ImageTimelineView> {
  const image = await requireIndexed(digest, context);
  const position = positionIn(page);
  const earliest = await earliestTime(context);
  const period = periodOf(asked, { earliest, now: context.now(), ...position });
  const [complete, known] = [await completeFrom(image, period, context), await knownHistory(image, context)];
  const { from, to } = period;
  const { deadlines } = context;
  const first = position.at - (position.at % findingsAtOnce);
  const part: TimelinePart = {
    ...{ from, to, earliest, page: { at: first, limit: findingsAtOnce } },
    ...(deadlines !== undefined && deadlines.rules.length > 0 && { deadlines }),
  };
  const { items, next, steps, ...answer } = await timelines.answer(
    await timelineKey(image, part, context),
    (signal) => {
      const making = { ...options, signal };
      const answer = (): Promise<unknown> => answerPart([digest], { timeline: part }, { context, options: making });
      return context.historyTurns.run(answer, making) as Promise<TimelineAnswer>;
    },
    options.signal,
  );
  const start = position.at - first;
  const shown = items.slice(start, start + page.limit);
  const hasMore = start + shown.length < items.length || next !== undefined;
  return {
    ...{ digest, from, to, completeFrom: complete, ...known, indexedAt: firstIndexedAt(image) ?? null },
    ...(position.at === 0 && { steps }),
    ...{ ...answer, items: shown },
    ...(hasMore && { next: `${position.at + shown.length} ${to}` }),
  };
}

interface Position {
  readonly at: number;
  /** The end of the period, where the first page has decided it. */
  readonly end?: string;
}

interface Times extends Pick<Position, 'end'> {
  readonly earliest: string;
  readonly now: Date;
}

/** Throws `invalid-input`. */
function periodOf(
  { from: asked, to: until }: Pick<TimelineOptions, 'from' | 'to'>,
  { earliest, now, end }: Times,
): AskedPeriod {
  const to = end ?? (until === undefined ? now.toISOString() : timeOf(until, now));
  // Without any history, the earliest time is now.
  const from = asked === undefined ? (earliest < to ? earliest : to) : beginningOf(asked, now);
  if (from > to) throw new ClarionError('invalid-input', `The period ends at ${to}, before it begins at ${from}`);
  return { from, to, isCurrent: until === undefined };
}

/** Throws `invalid-input`. */
function positionIn({ after }: PageRequest): Position {
  if (after === undefined) return { at: 0 };
  const [number = '', end] = after.split(' ');
  if (end !== undefined && Number.isNaN(Date.parse(end))) throw notGivenOut();
  return { at: positionOf(number), ...(end !== undefined && { end: new Date(end).toISOString() }) };
}

/** The number of items that pages before have returned. Throws `invalid-input`. */
export function positionOf(after: string | undefined): number {
  const at = after === undefined ? 0 : Number(after);
  if (Number.isSafeInteger(at) && at >= 0) return at;
  throw notGivenOut();
}

function notGivenOut(): ClarionError {
  return new ClarionError('invalid-input', 'The position in the list (after) is not valid');
}
