import { hash } from 'node:crypto';
import type { ComparedImage, Comparison, SideCoverage } from '@clarion/history';
import { nameOfFacts } from '@clarion/reporting';
import type { UseCaseContext } from '../context';
import { requireIndexed } from '../indexed-image';
import { answerPart } from './answer-part';
import { readPosition, writePosition } from './comparison-position';
import type { CompareAnswer, ComparePart, SidePart } from './part-types';
import type { CompareRequest } from './history-views';
import type { Asked } from './image-timeline';
import { knownHistory } from './known-history';
import { type NamedImage, resolveImage } from './resolve-image';

/** `HistoryUseCases.compare`; `after` is a position in what the first page compared (`readPosition`). */
export async function compareImages(
  { a, b, base, change }: CompareRequest,
  { page, options, context }: Asked,
): Promise<Comparison> {
  const position = readPosition(page.after);
  const first = await resolveImage(a, context, position?.a);
  const second = await resolveImage(b, context, position?.b);
  const below = base === undefined ? undefined : await resolveImage(base, context);
  const now = position?.now ?? context.now().toISOString();
  const facts = await factsOf([first, second], context);
  // Pages are of the same facts: if these changed since, they are those of the first page.
  const then = position === undefined || position.facts === facts ? undefined : now;
  const { at = 0 } = position ?? {};
  const part: ComparePart = {
    ...{ a: sideOf(first, then), b: sideOf(second, then), page: { at, limit: page.limit } },
    ...(below && { base: below.digest }),
    ...(change && { change }),
  };
  const digests = [first.digest, second.digest] as const;
  const answer = (await answerPart([...digests], { compare: part }, { context, options })) as CompareAnswer;
  const { a: ofFirst, b: ofSecond, next, ...found } = answer;
  const after = { now, facts: position?.facts ?? facts, a: first.digest, b: second.digest };
  return {
    schemaVersion: 1,
    a: await comparedImage(first, ofFirst, context),
    b: await comparedImage(second, ofSecond, context),
    historyFrom: (await context.store.historyFrom()) ?? null,
    ...found,
    ...(next !== undefined && { next: writePosition({ at: Number(next), ...after }) }),
  };
}

/** Names what a comparison is made from, besides the times that are asked for. */
async function factsOf(images: readonly NamedImage[], context: UseCaseContext): Promise<string> {
  const known: unknown[] = [nameOfFacts(await context.store.feedStates())];
  for (const { digest } of images) {
    const { composition, submission } = await requireIndexed(digest, context);
    known.push([composition, submission.detectors, submission.indexedAt]);
  }
  return hash('sha256', JSON.stringify(known), 'base64url');
}

function sideOf({ digest, at: asked }: NamedImage, then: string | undefined): SidePart {
  const at = asked ?? then;
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
