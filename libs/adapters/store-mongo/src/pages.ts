import type { Page, PageRequest } from '@clarion/model';
import { checkLimit, PageBuilder } from '@clarion/store-rules';
import type { Document, FindCursor } from 'mongodb';

import type { MongoContext } from './context';
import type { CollectionName, CollectionDocuments } from './documents';

/** Documents that are fetched together: of the largest ones some megabytes. */
const fetchedTogether = 25;

/**
 * A page of document contents, in the order of their ids, with the filter's index; `after` is an `_id`, or any other
 * text. Documents that `read` finds deleted are omitted.
 */
export async function pageById<N extends CollectionName, T>(
  context: MongoContext,
  name: N,
  query: {
    /** By members other than the id. */
    readonly filter: Document;
    readonly page: PageRequest;
    readonly descending?: boolean;
    /** Only ids below this one. */
    readonly below?: string;
    readonly read: (document: CollectionDocuments[N]) => T | undefined | Promise<T | undefined>;
  },
): Promise<Page<T>> {
  const { filter, page, descending = false, below, read } = query;
  checkLimit(page);
  const bounds = {
    ...(below === undefined ? {} : { $lt: below }),
    ...(page.after === undefined ? {} : { [descending ? '$lt' : '$gt']: page.after }),
  };
  const from = Object.keys(bounds).length === 0 ? {} : { _id: bounds };
  const found = context
    .collection(name)
    .find({ ...filter, ...from } as never)
    .sort({ _id: descending ? -1 : 1 });
  return firstPage(found as unknown as FindCursor<CollectionDocuments[N]>, {
    limit: page.limit,
    cursorOf: ({ _id }) => _id,
    read,
  });
}

/** The contents of the first documents, and where the next page begins, if there is more. */
export async function firstPage<D, T>(
  found: FindCursor<D>,
  {
    limit,
    cursorOf,
    read,
  }: {
    readonly limit: number;
    readonly cursorOf: (document: D) => string;
    readonly read: (document: D) => T | undefined | Promise<T | undefined>;
  },
): Promise<Page<T>> {
  const page = new PageBuilder<T>(limit);
  // One more than requested, to find out whether there is a next page.
  for await (const document of found.batchSize(fetchedTogether).limit(limit + 1)) {
    if (page.isFull()) return page.page(true);
    page.add(cursorOf(document), await read(document));
  }
  return page.page(false);
}
