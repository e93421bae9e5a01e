import type { OpenUpdates } from '@clarion/store-rules';
import type { Collection, Db, MongoClient } from 'mongodb';

import type { CollectionName, CollectionDocuments } from './documents';
import type { OpenUpdate } from './open-update';

/** An open database with what every part of the store needs. */
export interface MongoContext {
  readonly client: MongoClient;
  readonly db: Db;
  readonly now: () => Date;
  /** How long a writer without a sign of life keeps its feed. */
  readonly leaseMillis: number;
  /** Bytes that results may take (`ResultStore`). */
  readonly resultBytes: number;
  collection<N extends CollectionName>(name: N): Collection<CollectionDocuments[N]>;
  /** Updates that are neither committed nor aborted; closing the store aborts them. */
  readonly openUpdates: OpenUpdates<OpenUpdate>;
}
