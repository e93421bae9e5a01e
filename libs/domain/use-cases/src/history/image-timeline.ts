import { beginningOf, timeOf } from '@clarion/history';
import { ClarionError, type Digest, type PageRequest } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { requireIndexed } from '../indexed-image';
import type { RenderOptions } from '../report-file';
import { answerPart } from './answer-part';
import type { ImageTimelineView, TimelineOptions } from './history-views';
import { firstIndexedAt } from './image-at';
import { earliestTime, knownHistory } from './known-history';
import type { TimelineAnswer, TimelinePart } from './part-types';

export interface Asked {
  readonly page: PageRequest;
  readonly options: RenderOptions;
  readonly context: UseCaseContext;
}

/** `HistoryUseCases.imageTimeline`; `after` is the number of findings already returned. */
export async function timelineOfImage(
  digest: Digest,
  { from: asked, to: end }: Pick<TimelineOptions, 'from' | 'to'>,
  { page, options, context }: Asked,
): Promise<ImageTimelineView> {
  const image = await requireIndexed(digest, context);
  const now = context.now();
  const earliest = await earliestTime(context);
  const to = end === undefined ? now.toISOString() : timeOf(end, now);
  // Without any history, the earliest time is now.
  const from = asked === undefined ? (earliest < to ? earliest : to) : beginningOf(asked, now);
  if (from > to) throw new ClarionError('invalid-input', `The period ends at ${to}, before it begins at ${from}`);
  const known = await knownHistory(image, context);
  if (known.historyFrom !== null && from < known.historyFrom) {
    throw new ClarionError('history-pruned', `What was known at ${from} is not stored any more`, {
      remedy: `ask for a time from ${known.historyFrom} on`,
    });
  }
  const at = positionOf(page);
  const { deadlines } = context;
  const part: TimelinePart = {
    ...{ from, to, earliest },
    page: { at, limit: page.limit },
    ...(deadlines !== undefined && deadlines.rules.length > 0 && { deadlines }),
  };
  const answer = (await answerPart([digest], { timeline: part }, { context, options })) as TimelineAnswer;
  const { steps, ...found } = answer;
  const indexedAt = firstIndexedAt(image) ?? null;
  return { digest, from, to, ...known, indexedAt, ...(at === 0 && { steps }), ...found };
}

/** Throws `invalid-input`. */
export function positionOf({ after }: PageRequest): number {
  const at = after === undefined ? 0 : Number(after);
  if (Number.isSafeInteger(at) && at >= 0) return at;
  throw new ClarionError('invalid-input', 'The position in the list (after) is not valid');
}
