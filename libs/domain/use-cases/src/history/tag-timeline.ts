import type { FindingCounts } from '@clarion/history';
import { ClarionError, formatTag, tagOf, type TagName, type TagPeriod } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { answerPart } from './answer-part';
import type { CompareAnswer, TimelineAnswer } from './part-types';
import type { TagPeriodView, TagTimelineView } from './history-views';
import type { Asked } from './image-timeline';
import { earliestTime } from './known-history';
import { unknownTag } from './resolve-image';

/** Periods of a page: each one needs the time line of an image. */
const mostPeriods = 20;

/** `HistoryUseCases.tagTimeline`; `after` is that of the store. */
export async function timelineOfTag(
  { repository, tag: name }: TagName,
  { page: { limit, after }, options, context }: Asked,
): Promise<TagTimelineView> {
  const { store, now } = context;
  const tag = fullTag({ repository, tag: name }, context);
  const size = Math.min(limit, mostPeriods);
  // One more, for the difference of the last one to the image before it.
  const found = await store.tagPeriods(tag, { limit: size + 1, ...(after === undefined ? {} : { after }) });
  if (found.items.length === 0 && after === undefined) throw unknownTag(tag);
  const shown = await store.tagPeriods(tag, { limit: size, ...(after === undefined ? {} : { after }) });
  const earliest = await earliestTime(context);
  const items: TagPeriodView[] = [];
  for (const [index, period] of shown.items.entries()) {
    const before = found.items[index + 1];
    const asking = { earliest, to: now().toISOString(), context, options };
    items.push({
      digest: period.image,
      from: period.from,
      until: period.until,
      difference: before === undefined ? null : await differenceAt(period, before, asking),
      steps: await stepsOf(period, asking),
    });
  }
  const historyFrom = (await store.historyFrom()) ?? null;
  return { ...tag, historyFrom, items, ...(shown.next === undefined ? {} : { next: shown.next }) };
}

interface Asking extends Pick<Asked, 'context' | 'options'> {
  readonly earliest: string;
  readonly to: string;
}

/** What is different in the second image at the time of the change, or at the first time of which anything is known. */
async function differenceAt(
  { image, from }: TagPeriod,
  before: TagPeriod,
  { earliest, context, options }: Asking,
): Promise<{ readonly added: FindingCounts; readonly gone: FindingCounts } | null> {
  const at = from > earliest ? from : earliest;
  const sides = { a: { digest: before.image, at }, b: { digest: image, at } };
  const part = { compare: { ...sides, page: { at: 0, limit: 0 } } };
  const answer = await ifKnown(() => answerPart([before.image, image], part, { context, options }));
  if (answer === null) return null;
  const { added, gone } = (answer as CompareAnswer).summary;
  return { added, gone };
}

async function stepsOf(
  { image, from, until }: TagPeriod,
  { earliest, to: now, context, options }: Asking,
): Promise<TagPeriodView['steps']> {
  const to = until ?? now;
  if (to <= earliest) return [];
  const part = { timeline: { earliest, from: from > earliest ? from : earliest, to } };
  const answer = await ifKnown(() => answerPart([image], part, { context, options }));
  return answer === null ? null : (answer as TimelineAnswer).steps;
}

/** An image may be deleted, or not indexed; the tag named it all the same. */
async function ifKnown(answer: () => Promise<unknown>): Promise<unknown> {
  try {
    return await answer();
  } catch (error) {
    const isUnknown = error instanceof ClarionError && ['not-found', 'no-data', 'conflict'].includes(error.code);
    if (isUnknown) return null;
    throw error;
  }
}

/** The tag under its full name. No image has a tag whose name is not valid. */
function fullTag(name: TagName, { referenceName }: Pick<UseCaseContext, 'referenceName'>): TagName {
  try {
    const tag = tagOf(referenceName(formatTag(name)));
    if (tag !== undefined) return tag;
  } catch (error) {
    if (!(error instanceof ClarionError && error.code === 'invalid-input')) throw error;
  }
  throw unknownTag(name);
}
