import { mostResultBytes, type ResultStore } from '@clarion/model';
import { dayLength, digestOfResult, isResult } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { explained, isDuplicateKey } from './mongo-errors';

/** About what a result takes beside its bytes. */
const ofDocument = 512;
/** A process looks whether there is too much after it has put such a part of the limit. */
const parts = 16;

/** Results; a process that puts them removes the oldest ones. */
export function resultStore(context: MongoContext): ResultStore {
  const results = context.collection('results');
  const { resultBytes } = context;
  // Nothing is known of what other processes have put before.
  let unchecked = resultBytes;
  return {
    result: (name) =>
      explained(async () => {
        const _id = keyPart(name);
        const found = await results.findOne({ _id });
        if (found === null || isResult(name, found.v, found.digest)) return found?.v;
        await results.deleteOne({ _id }).catch(() => undefined);
        return undefined;
      }),
    putResult: (name, bytes) =>
      explained(async () => {
        const taken = bytes.length + ofDocument;
        if (bytes.length > mostResultBytes || taken > resultBytes) return;
        const made = { v: bytes, digest: digestOfResult(name, bytes), bytes: taken, at: context.now() };
        try {
          await results.insertOne({ _id: keyPart(name), ...made }, { writeConcern: { w: 1 } });
        } catch (error) {
          if (isDuplicateKey(error)) return;
          throw error;
        }
        unchecked += taken;
        if (unchecked < resultBytes / parts) return;
        unchecked = 0;
        await removeOldest(context);
      }),
    resultsSize: () =>
      explained(async () => {
        const size = { results: 0, bytes: 0 };
        for await (const { bytes } of sizes(context)) {
          size.results += 1;
          size.bytes += bytes;
        }
        return size;
      }),
  };
}

/** What results take, the newest first. */
function sizes(context: MongoContext) {
  return context
    .collection('results')
    .find({}, { projection: { _id: 0, at: 1, bytes: 1 } })
    .sort({ at: -1 });
}

async function removeOldest(context: MongoContext): Promise<void> {
  let kept = 0;
  for await (const { at, bytes } of sizes(context)) {
    kept += bytes;
    if (kept <= context.resultBytes) continue;
    await context.collection('results').deleteMany({ at: { $lte: at } });
    return;
  }
}

/** Removes those put before a day. */
export async function pruneResults(context: MongoContext, firstKeptDay: number): Promise<void> {
  await context.collection('results').deleteMany({ at: { $lt: new Date(firstKeptDay * dayLength) } });
}
