import type { DocumentState, FeedState } from '@clarion/model';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { readValue } from './packed-values';
import { currentEach, readRevisions, readWhole, revisionId, revisionOf } from './revisions';
import { putValue } from './writes';

/** A feed's state as stored: documents as a list, because `__proto__` is a legal document name. */
type StateRecord = Omit<FeedState, 'documents'> & { readonly documents: readonly (readonly [string, DocumentState])[] };

/** The states of all feeds, by feed. */
export function feedStates(context: MongoContext): Promise<readonly FeedState[]> {
  return readWhole(context, async (revisions) => {
    const states: FeedState[] = [];
    const found = context.collection('states').find({}).sort({ _id: 1 });
    for await (const document of currentEach(found, revisions)) {
      const record = (await readValue(context, 'states', document)) as StateRecord | undefined;
      if (record !== undefined) states.push({ ...record, documents: Object.fromEntries(record.documents) });
    }
    return states;
  });
}

/** Replaces the valid state. */
export async function putFeedState(context: MongoContext, state: FeedState): Promise<void> {
  // An update that becomes visible right now writes its own state, which then takes precedence.
  const { rev } = revisionOf(await readRevisions(context), keyPart(state.feed));
  await writeStateOf(context, state, rev);
}

/** Writes the state of one revision of a feed. */
export async function writeStateOf(context: MongoContext, state: FeedState, rev: number): Promise<void> {
  const feed = keyPart(state.feed);
  const value: StateRecord = { ...state, documents: Object.entries(state.documents) };
  await putValue(context, 'states', {
    id: revisionId(feed, rev),
    value,
    members: { feed, ...(rev === 0 ? {} : { rev }) },
  });
}
