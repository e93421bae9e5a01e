import type { FindingCounts } from '@clarion/history';
import { ClarionError, formatTag, tagOf, type TagName, type TagPeriod } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { requireIndexed } from '../indexed-image';
import { PreconditionError } from '../precondition-error';
import { answerPart } from './answer-part';
import { completeFrom } from './complete-from';
import type { CompareAnswer, TimelineAnswer } from './part-types';
import type { MissingPast, TagPeriodView, TagTimelineView } from './history-views';
import type { Asked } from './image-timeline';
import { earliestTime, knownHistory } from './known-history';
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
  const asking = { earliest: await earliestTime(context), to: now().toISOString(), context, options };
  const items: TagPeriodView[] = [];
  const since: string[] = [];
  for (const [index, period] of shown.items.entries()) {
    const before = found.items[index + 1];
    const { knownSince, ...known } = await stepsOf(period, asking);
    since.push(...(knownSince === null ? [] : [knownSince]));
    items.push({
      digest: period.image,
      from: period.from,
      until: period.until,
      difference: before === undefined ? null : await differenceAt(period, before, asking),
      ...known,
    });
  }
  const bounds = { knownSince: since.sort().at(-1) ?? null, historyFrom: (await store.historyFrom()) ?? null };
  return { ...tag, ...bounds, items, ...(shown.next === undefined ? {} : { next: shown.next }) };
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
  const answer = await ifKnown(
    async () => (await answerPart([before.image, image], part, { context, options })) as CompareAnswer,
  );
  if (typeof answer === 'string') return null;
  const { added, gone } = answer.summary;
  return { added, gone };
}

type Known = Pick<TagPeriodView, 'steps' | 'completeFrom' | 'incomplete' | 'missing'>;

async function stepsOf(
  { image: digest, from, until }: TagPeriod,
  { earliest, to: now, context, options }: Asking,
): Promise<Known & { readonly knownSince: string | null }> {
  const to = until ?? now;
  const answer = await ifKnown(async () => {
    const image = await requireIndexed(digest, context);
    const complete = await completeFrom(image, { from, to, isCurrent: until === null }, context);
    const part = { timeline: { earliest, from, to } };
    const made = (await answerPart([digest], part, { context, options })) as TimelineAnswer;
    const { steps, incomplete } = made;
    const { knownSince } = await knownHistory(image, context);
    return { steps, incomplete, completeFrom: complete, missing: null, knownSince };
  });
  if (typeof answer !== 'string') return answer;
  return { steps: null, completeFrom: null, incomplete: null, missing: answer, knownSince: null };
}

const missingPast: readonly MissingPast[] = ['not-found', 'not-indexed', 'no-data', 'history-pruned'];

/** An image may be deleted, or not indexed; the tag named it all the same. Why nothing is known, where that is so. */
async function ifKnown<Answer>(answer: () => Promise<Answer>): Promise<Answer | MissingPast> {
  try {
    return await answer();
  } catch (error) {
    const code = error instanceof ClarionError || error instanceof PreconditionError ? error.code : undefined;
    const missing = missingPast.find((one) => one === code);
    if (missing === undefined) throw error;
    return missing;
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
