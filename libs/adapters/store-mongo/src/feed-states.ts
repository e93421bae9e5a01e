import type { DocumentState, FeedState } from '@clarion/model';

import type { MongoContext } from './context';
import type { StateDocument } from './documents';
import { idsUnder, keyPart } from './keys';
import { readValue } from './packed-values';
import { current, currentEach, readRevisions, readWhole, revisionId, revisionOf } from './revisions';
import { putValue } from './writes';

/** A feed's state as stored: documents as a list, because `__proto__` is a legal document name. */
type StateRecord = Omit<FeedState, 'documents'> & { readonly documents: readonly (readonly [string, DocumentState])[] };

/** The states of all feeds, by feed. */
export function feedStates(context: MongoContext): Promise<readonly FeedState[]> {
  return readWhole(context, async (revisions) => {
    const states: FeedState[] = [];
    const found = context.collection('states').find({}).sort({ _id: 1 });
    for await (const document of currentEach(found, revisions)) {
      const state = await stateIn(context, document);
      if (state !== undefined) states.push(state);
    }
    return states;
  });
}

/** The state of a feed. */
export function feedState(context: MongoContext, feed: string): Promise<FeedState | undefined> {
  const key = keyPart(feed);
  return readWhole(context, async (revisions) => {
    // Its revisions are below its key.
    const found = context.collection('states').find({ _id: { $gte: key, $lt: idsUnder(key).$lt } });
    const [document] = current(await found.toArray(), revisions);
    return document === undefined ? undefined : stateIn(context, document);
  });
}

async function stateIn(context: MongoContext, document: StateDocument): Promise<FeedState | undefined> {
  const record = (await readValue(context, 'states', document)) as StateRecord | undefined;
  return record === undefined ? undefined : { ...record, documents: Object.fromEntries(record.documents) };
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
