import { ClarionError, type Page, type PageRequest } from '@clarion/model';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import type { CollectionName, Documents } from './documents';

/** Refuses a page that could not have items. */
export function checkLimit({ limit }: PageRequest): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new ClarionError('invalid-input', `not a page size: ${limit}`);
}

/** A page of documents in the order of their ids, with the filter's index; `after` is an `_id`, or anything else. */
export async function pageById<N extends CollectionName>(
  context: MongoContext,
  name: N,
  query: {
    /** Of members beside the id. */
    readonly filter: Document;
    readonly page: PageRequest;
    readonly descending?: boolean;
    /** Only ids below this one. */
    readonly below?: string;
  },
): Promise<Page<Documents[N]>> {
  const { filter, page, descending = false, below } = query;
  checkLimit(page);
  const bounds = {
    ...(below === undefined ? {} : { $lt: below }),
    ...(page.after === undefined ? {} : { [descending ? '$lt' : '$gt']: page.after }),
  };
  const from = Object.keys(bounds).length === 0 ? {} : { _id: bounds };
  const found = (await context
    .collection(name)
    .find({ ...filter, ...from } as never)
    .sort({ _id: descending ? -1 : 1 })
    // One more than asked for tells whether there is a next page.
    .limit(page.limit + 1)
    .toArray()) as unknown as Documents[N][];
  const items = found.slice(0, page.limit);
  const last = items.at(-1);
  return found.length > page.limit && last !== undefined ? { items, next: last._id } : { items };
}
