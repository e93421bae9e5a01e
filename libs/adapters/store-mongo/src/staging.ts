import { deflateRawSync } from 'node:zlib';

import type { FeedState } from '@clarion/model';
import type { AddedRevision } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { idsBelow, recordKey, sequencePart } from './keys';
import type { LogStep } from './log-steps';
import type { UpdateOperation } from './operations';
import { cut, unpackValue } from './packed-values';

/** JSON length per deflated batch. */
const batchSize = 1024 * 1024;

/** The last step of an update: the feed's state, and the revision in its history. */
interface StateStep extends Partial<AddedRevision> {
  readonly kind: 'state';
  readonly state: FeedState;
}

/** A staged step of an update: first facts, then changes, finally the feed's state. */
export type StagedStep = UpdateOperation | LogStep | StateStep;

export function isLogStep(staged: StagedStep): staged is LogStep {
  return staged.kind === 'change' || staged.kind === 'scores';
}

export function isFact(staged: StagedStep): staged is UpdateOperation {
  return staged.kind !== 'state' && !isLogStep(staged);
}

const orderOf = (staged: StagedStep): string => (staged.kind === 'state' ? 'c' : isLogStep(staged) ? 'b' : 'a');

/** The redo log of one update: its operations, in batches that are written when full. */
export interface RedoLog {
  put(staged: StagedStep): Promise<void>;
  flush(): Promise<void>;
}

export function openStaging(context: MongoContext, feed: string, update: string): RedoLog {
  const batches = new Map<string, { texts: string[]; size: number; number: number }>();
  const flushOne = async (order: string) => {
    const batch = batches.get(order);
    if (batch === undefined || batch.texts.length === 0) return;
    const { texts, number } = batch;
    batches.set(order, { texts: [], size: 0, number: number + 1 });
    const parts = cut(deflateRawSync(`[${texts.join(',')}]`, { level: 1 }));
    for (const [index, v] of parts.entries()) {
      const _id = recordKey(feed, update, order, sequencePart(number), sequencePart(index));
      await context.collection('staging').insertOne({ _id, v, last: index === parts.length - 1 });
    }
  };
  return {
    put: async (staged) => {
      const order = orderOf(staged);
      const batch = batches.get(order) ?? { texts: [], size: 0, number: 0 };
      batches.set(order, batch);
      const text = JSON.stringify(staged);
      batch.texts.push(text);
      batch.size += text.length;
      if (batch.size >= batchSize) await flushOne(order);
    },
    flush: async () => {
      for (const order of [...batches.keys()]) await flushOne(order);
    },
  };
}

/** The batches of an update, one at a time. */
export async function* stagedBatches(
  context: MongoContext,
  feed: string,
  update: string,
): AsyncGenerator<readonly StagedStep[]> {
  const found = context
    .collection('staging')
    .find({ _id: idsBelow(feed, update) })
    .sort({ _id: 1 })
    .batchSize(4);
  let parts: Uint8Array[] = [];
  for await (const { v, last } of found) {
    parts.push(v);
    if (!last) continue;
    yield unpackValue(Buffer.concat(parts)) as readonly StagedStep[];
    parts = [];
  }
}

/** Deletes what updates of a feed have staged: of one, or of all. */
export async function deleteStaged(context: MongoContext, feed: string, update?: string): Promise<void> {
  const _id = update === undefined ? idsBelow(feed) : idsBelow(feed, update);
  await context.collection('staging').deleteMany({ _id });
}
