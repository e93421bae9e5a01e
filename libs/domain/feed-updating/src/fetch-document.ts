import {
  ClarionError,
  type FetchResult,
  type PlannedDocument,
  type Upstream,
  type DocumentValidators,
} from '@clarion/model';

const emptyPart = { kind: 'missing' } as const;

/**
 * Fetches a planned document. A document in parts is missing when its first part is missing; the other parts are
 * fetched as they are read. Validators belong to single responses, so a document in parts is identified only by its
 * digest.
 */
export async function fetchDocument(
  upstream: Upstream,
  { name, path = name, parts }: PlannedDocument,
  known: DocumentValidators | undefined,
): Promise<FetchResult> {
  if (parts === undefined) return upstream.get(path, known);
  const [firstPath, ...rest] = parts;
  const first = firstPath === undefined ? emptyPart : await upstream.get(firstPath);
  if (first.kind !== 'content') return first;
  return { kind: 'content', body: joined(upstream, first.body, rest), validators: {} };
}

async function* joined(
  upstream: Upstream,
  first: AsyncIterable<Uint8Array>,
  rest: readonly string[],
): AsyncGenerator<Uint8Array> {
  yield* first;
  for (const part of rest) {
    const answer = await upstream.get(part);
    if (answer.kind !== 'content') throw new ClarionError('upstream-unavailable', `${part} is not there`);
    yield* answer.body;
  }
}
