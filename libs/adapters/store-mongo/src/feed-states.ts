import type { DocumentState, FeedState } from '@clarion/model';

import type { MongoContext } from './context';
import type { StateDocument } from './documents';
import { idsUnder, keyPart } from './keys';
import { readValue } from './packed-values';
import { current, currentEach, readWhole, revisionId } from './revisions';
import { putValue } from './writes';

/** A feed's state as stored: documents as a list, because `__proto__` is a legal document name. */
type StateRecord = Omit<FeedState, 'documents'> & { readonly documents: readonly (readonly [string, DocumentState])[] };

/** Reads the states of all feeds, by feed. Every request does, and they rarely change: those with the same bytes stay the same objects. */
export function feedStateReader(context: MongoContext): () => Promise<readonly FeedState[]> {
  let known = new Map<string, KnownState>();
  return () =>
    readWhole(context, async (revisions) => {
      const now: typeof known = new Map();
      const found = context.collection('states').find({}).sort({ _id: 1 });
      for await (const document of currentEach(found, revisions)) {
        const before = known.get(document._id);
        const state =
          before !== undefined && hasBytesOf(document, before) ? before.state : await stateIn(context, document);
        // The driver's bytes are a part of a whole message.
        const v = typeof document.v === 'string' ? document.v : Uint8Array.from(document.v);
        if (state !== undefined) now.set(document._id, { v, g: document.g, state });
      }
      known = now;
      return Array.from(now.values(), ({ state }) => state);
    });
}

/** A state with what its document had: its bytes, or the first page of them and the id of this and further pages. */
interface KnownState {
  readonly v: StateDocument['v'];
  readonly g: StateDocument['g'];
  readonly state: FeedState;
}

function hasBytesOf({ v, g }: StateDocument, known: KnownState): boolean {
  if (g !== known.g) return false;
  return typeof v === 'string' || typeof known.v === 'string' ? v === known.v : Buffer.compare(v, known.v) === 0;
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
