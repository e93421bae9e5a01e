import { createHash } from 'node:crypto';
import type { FetchResult, FeedRecord, FeedSource } from '@clarion/model';
import type { FeedEvent } from './events';
import type { ProblemTally } from './problem-tally';
import type { FactRecord } from './record-encoding';

/** A document whose content is available. */
export interface ArrivedDocument {
  readonly name: string;
  readonly answer: Extract<FetchResult, { kind: 'content' }>;
}

/** Where its records go. */
export interface ReadTarget {
  readonly source: FeedSource;
  readonly add: (record: FactRecord) => void;
  readonly problems: ProblemTally;
  readonly signal: AbortSignal | undefined;
}

/**
 * The digest of the decoded content (`sha256:…`), or why it cannot be read. Earlier records may have been added
 * already.
 */
export type ReadResult =
  | {
      readonly kind: 'read';
      readonly contentDigest: string;
      /** Number of facts in it. */
      readonly records: number;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

const progressEvery = 2000;

/**
 * Reads a document to its end. Nothing is compared or stored yet, so a document that is damaged at its end leaves no
 * trace.
 */
export async function* readDocument(
  { name, answer }: ArrivedDocument,
  { source, add, problems, signal }: ReadTarget,
): AsyncGenerator<FeedEvent, ReadResult> {
  const seen = { bytes: 0, groups: 0, advisories: 0 };
  let facts = 0;
  const digest = createHash('sha256');
  const body = tap(answer.body, (chunk) => {
    digest.update(chunk);
    seen.bytes += chunk.length;
  });
  const progress = (): FeedEvent => {
    const { size, received } = answer;
    const transfer = received === undefined ? {} : { received: received(), ...(size === undefined ? {} : { size }) };
    return { kind: 'progress', feed: source.id, document: name, phase: 'reading', ...seen, ...transfer };
  };
  const take = (record: FeedRecord): void => {
    if (record.kind === 'problem') problems.note(`${record.record}: ${record.message}`);
    else {
      facts += 1;
      add(record);
    }
    if (record.kind !== 'group') return;
    seen.groups += 1;
    seen.advisories += record.group.advisories.length;
  };
  let count = 0;
  const records = source.parse({ name, body })[Symbol.asyncIterator]();
  try {
    for (;;) {
      let next: IteratorResult<FeedRecord>;
      try {
        next = await records.next();
      } catch (error) {
        // An error of fetching or parsing; failures of the store are thrown.
        return { kind: 'failed', error };
      }
      if (next.done === true) break;
      if (count++ % progressEvery === 0) {
        signal?.throwIfAborted();
        yield progress();
      }
      take(next.value);
    }
  } finally {
    await records.return?.();
  }
  yield progress();
  return { kind: 'read', contentDigest: `sha256:${digest.digest('hex')}`, records: facts };
}

async function* tap(body: AsyncIterable<Uint8Array>, look: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    look(chunk);
    yield chunk;
  }
}
