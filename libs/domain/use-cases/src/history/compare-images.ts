import type { ComparedImage, Comparison, SideCoverage } from '@clarion/history';
import type { UseCaseContext } from '../context';
import { requireIndexed } from '../indexed-image';
import { answerPart } from './answer-part';
import type { CompareAnswer, ComparePart } from './part-types';
import type { CompareRequest } from './history-views';
import { type Asked, positionOf } from './image-timeline';
import { knownHistory } from './known-history';
import { type NamedImage, resolveImage } from './resolve-image';

/** `HistoryUseCases.compare`; `after` is the number of findings already returned. */
export async function compareImages(
  { a, b, base, change }: CompareRequest,
  { page, options, context }: Asked,
): Promise<Comparison> {
  const [first, second] = [await resolveImage(a, context), await resolveImage(b, context)];
  const below = base === undefined ? undefined : await resolveImage(base, context);
  const part: ComparePart = {
    ...{ a: sideOf(first), b: sideOf(second), page: { at: positionOf(page.after), limit: page.limit } },
    ...(below && { base: below.digest }),
    ...(change && { change }),
  };
  const digests = [first.digest, second.digest] as const;
  const answer = (await answerPart([...digests], { compare: part }, { context, options })) as CompareAnswer;
  const { a: ofFirst, b: ofSecond, ...found } = answer;
  return {
    schemaVersion: 1,
    a: await comparedImage(first, ofFirst, context),
    b: await comparedImage(second, ofSecond, context),
    historyFrom: (await context.store.historyFrom()) ?? null,
    ...found,
  };
}

function sideOf({ digest, at }: NamedImage): ComparePart['a'] {
  return { digest, ...(at === undefined ? {} : { at }) };
}

async function comparedImage(
  { reference, digest, at }: NamedImage,
  coverage: SideCoverage,
  context: UseCaseContext,
): Promise<ComparedImage> {
  const { knownSince } = await knownHistory(await requireIndexed(digest, context), context);
  return { reference, digest, ...coverage, at: at ?? null, knownSince };
}
