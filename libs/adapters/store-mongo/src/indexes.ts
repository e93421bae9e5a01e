import type { IndexDescription } from 'mongodb';

import type { MongoContext } from './context';
import type { CollectionName } from './documents';

/** Removals, which are few at any time. */
const gone: IndexDescription = { name: 'gone', key: { gone: 1 }, sparse: true };

/**
 * All indexes except those of `_id`, per collection. Every filter that the store sends is by `_id` or by the first
 * members of one of these; a spec checks that on the wire.
 */
export const declaredIndexes: Readonly<Record<CollectionName, readonly IndexDescription[]>> = {
  layers: [{ name: 'used', key: { used: 1 } }],
  detections: [],
  blobs: [{ name: 'layer', key: { layer: 1 } }],
  images: [
    { name: 'submitted', key: { submitted: 1, _id: 1 } },
    { name: 'state', key: { state: 1, _id: 1 } },
    { name: 'repositories', key: { repositories: 1, _id: 1 } },
    { name: 'composition', key: { composition: 1, _id: 1 } },
    { name: 'submittedLayers', key: { submittedLayers: 1, _id: 1 } },
    { name: 'layers', key: { layers: 1 } },
    { name: 'used', key: { used: 1 } },
  ],
  compositions: [
    { name: 'severities', key: { severities: 1, _id: 1 } },
    { name: 'stored', key: { stored: 1 } },
    { name: 'checkAt', key: { checkAt: 1 }, sparse: true },
  ],
  features: [{ name: 'names', key: { names: 1, _id: 1 } }],
  advisories: [
    { name: 'name', key: { name: 1, _id: 1 } },
    { name: 'document', key: { document: 1, _id: 1 } },
    { name: 'ids', key: { ids: 1 } },
    gone,
  ],
  mentions: [{ name: 'ids', key: { ids: 1 } }],
  texts: [{ name: 'id', key: { id: 1, _id: 1 } }, { name: 'feed', key: { feed: 1, _id: 1 } }, gone],
  scores: [{ name: 'bucket', key: { bucket: 1, _id: 1 } }, { name: 'feed', key: { feed: 1, _id: 1 } }, gone],
  repositories: [
    { name: 'repository', key: { repository: 1, _id: 1 } },
    { name: 'feed', key: { feed: 1, _id: 1 } },
    gone,
  ],
  feeds: [],
  states: [],
  staging: [],
  changes: [
    { name: 'name', key: { name: 1, _id: 1 } },
    { name: 'vulnerability', key: { vulnerability: 1, _id: 1 } },
  ],
  textChanges: [{ name: 'vulnerability', key: { vulnerability: 1, _id: 1 } }],
  groupChanges: [
    { name: 'name', key: { name: 1, _id: 1 } },
    { name: 'namespace', key: { namespace: 1, _id: 1 } },
  ],
  repositoryChanges: [{ name: 'repository', key: { repository: 1, _id: 1 } }],
  scoreChanges: [{ name: 'bucket', key: { bucket: 1, _id: 1 } }],
  feedRevisions: [
    { name: 'at', key: { feed: 1, at: 1, _id: 1 } },
    { name: 'first', key: { first: 1 }, sparse: true },
  ],
  changed: [{ name: 'told', key: { told: 1, _id: 1 } }],
  notifications: [{ name: 'state', key: { state: 1, _id: 1 } }],
  affected: [{ name: 'transitions', key: { transitions: 1, _id: 1 } }],
  endpoints: [],
  deliveries: [
    { name: 'ready', key: { endpoint: 1, state: 1, ready: 1, _id: 1 } },
    { name: 'next', key: { state: 1, ready: 1 } },
    { name: 'notification', key: { notification: 1, _id: 1 } },
    { name: 'order', key: { endpoint: 1, order: 1 } },
    { name: 'stateOrder', key: { endpoint: 1, state: 1, order: 1 } },
  ],
  deadLetters: [],
  results: [
    // A server forgets those that pruning does not reach; 30 days.
    { name: 'at', key: { at: 1 }, expireAfterSeconds: 2_592_000 },
  ],
  seenFiles: [{ name: 'used', key: { used: 1 } }],
  tags: [{ name: 'from', key: { from: 1 } }],
  tagPeriods: [{ name: 'from', key: { from: 1 } }],
  leases: [],
  progress: [],
  pages: [],
  meta: [],
};

/** Creates missing indexes; existing ones are not changed. */
export async function createIndexes(context: MongoContext): Promise<void> {
  for (const [name, indexes] of Object.entries(declaredIndexes)) {
    if (indexes.length > 0) await context.collection(name as CollectionName).createIndexes([...indexes]);
  }
}
