import { dayLength } from '@clarion/store-rules';

import { randomUUID } from 'node:crypto';

import type { MongoContext } from './context';
import { idsUnder } from './keys';
import { deleteValues, untyped } from './writes';

/**
 * Data that is too long for one document and must be atomic is written in parts, under the name of an attempt; the
 * document that comes last names the valid attempt. Parts of other attempts are never read.
 */
const parts = { compositions: 'features', notifications: 'affected' } as const;

/** Time after which an attempt that is not valid counts as abandoned. */
const abandonedAfter = dayLength;

/** A name for a new attempt. */
export function newAttempt(context: MongoContext): string {
  return `${context.now().getTime().toString(36)}-${randomUUID()}`;
}

function isAbandoned(attempt: string, now: Date): boolean {
  return now.getTime() - Number.parseInt(attempt, 36) > abandonedAfter;
}

/** Deletes what one attempt has written; `id` is the `_id` of the whole. */
export async function deleteAttempt(
  context: MongoContext,
  whole: keyof typeof parts,
  { id, attempt }: { readonly id: string; readonly attempt: string },
): Promise<void> {
  await deleteValues(context, parts[whole], { _id: idsUnder(`${id}\t${attempt}`) });
}

/** Deletes the remains of interrupted attempts. Reads one document of each attempt. */
export async function sweepAttempts(context: MongoContext, whole: keyof typeof parts): Promise<void> {
  const nextPart = (after: string) =>
    untyped(context, parts[whole]).findOne({ _id: { $gt: after } }, { sort: { _id: 1 }, projection: { _id: 1 } });
  for (let part = await nextPart(''); part !== null;) {
    const [id = '', attempt = ''] = part._id.split('\t');
    if (isAbandoned(attempt, context.now())) {
      const counting = await untyped(context, whole).findOne({ _id: id }, { projection: { attempt: 1 } });
      if (counting?.['attempt'] !== attempt) await deleteAttempt(context, whole, { id, attempt });
    }
    part = await nextPart(idsUnder(`${id}\t${attempt}`).$lt);
  }
}
