import type { TlsObserver } from '@clarion/connections';
import { ClarionError, defaultResultBytes, type SharedFacts, type Store, type TenantData } from '@clarion/model';
import { OpenUpdates } from '@clarion/store-rules';
import type { Db, Document, MongoClient, MongoClientOptions } from 'mongodb';

import { advisoryStore } from './advisory-store';
import { changeStore } from './change-store';
import { compositionStore } from './composition-store';
import type { MongoContext } from './context';
import { deadlineStore } from './deadline-store';
import { deadLetterStore } from './dead-letter-store';
import { deliveryStore } from './delivery-store';
import type { CollectionName, CollectionDocuments } from './documents';
import { rollForward } from './feed-commit';
import { endpointStore } from './endpoint-store';
import { feedStore } from './feed-store';
import { ensureFormat } from './format';
import { historyStore } from './history-store';
import { imageStore } from './image-store';
import { createIndexes } from './indexes';
import { layerStore } from './layer-store';
import { leaseStore } from './lease-store';
import { explain } from './mongo-errors';
import { maintenance } from './maintenance';
import { notificationStore } from './notification-store';
import { progressStore } from './progress-store';
import { resultStore } from './result-store';
import { seenFileStore } from './seen-file-store';
import { tagStore } from './tag-store';
import { tlsOptions } from './tls-options';
import { vulnerabilityStore } from './vulnerability-store';

/** Where and how to open the store. */
export interface MongoStoreOptions {
  /** `mongodb://` or `mongodb+srv://`, of a replica set, a sharded cluster or a single server. */
  readonly uri: string;
  /** Overrides the database of the URI. Default: `clarion`. */
  readonly database?: string;
  /**
   * How long to search for a server (an election takes 12 s), and the time limit of one response. Default: 30 s and 60
   * s.
   */
  readonly connectMillis?: number;
  readonly answerMillis?: number;
  /** Time without a sign of life after which the writer of a feed counts as dead. Default: 60 s. */
  readonly leaseMillis?: number;
  /** Bytes that results may take (`ResultStore`); 0 to keep none. Default: `defaultResultBytes`. */
  readonly resultBytes?: number;
  /** The clock; for tests. */
  readonly now?: () => Date;
  /**
   * Called with every command before it is sent; for tests and traces. Commands contain facts: never log them as they
   * are.
   */
  readonly onCommand?: (name: string, command: Document) => void;
  /** Called when certificates of the connection string were read, or could not be used. */
  readonly onTls?: TlsObserver;
}

const defaultDatabase = 'clarion';

/**
 * Opens the store of an installation: a MongoDB database. Creates missing indexes and completes updates that dead
 * writers have declared. Throws `ClarionError`: `upstream-unavailable` while no server can be reached, `unauthorized`,
 * `invalid-input` for an invalid URI, `unsupported` when a newer Clarion wrote the database.
 */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store> {
  // Loading the driver takes longer than opening, and most processes need no database.
  const mongodb = await import('mongodb');
  const { settings, followed } = tlsOptions(options.uri, options.onTls);
  const client = connect(mongodb.MongoClient, { ...options, ...settings });
  client.once('close', () => {
    followed?.close();
  });
  try {
    await client.connect();
    const db = await durableDatabase(client, options.database ?? databaseOf(options.uri));
    const context = contextOf(client, db, options);
    await ensureFormat(context);
    await createIndexes(context);
    await rollForward(context);
    return {
      ...sharedFacts(context),
      ...tenantData(context),
      ...leaseStore(context),
      ...progressStore(context),
      ...resultStore(context),
      ...maintenance(context),
    };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw explain(error);
  }
}

function sharedFacts(context: MongoContext): SharedFacts {
  return {
    ...layerStore(context),
    ...seenFileStore(context),
    ...advisoryStore(context),
    ...vulnerabilityStore(context),
    ...feedStore(context),
    ...changeStore(context),
    ...historyStore(context),
  };
}

function tenantData(context: MongoContext): TenantData {
  return {
    ...imageStore(context),
    ...compositionStore(context),
    ...deadlineStore(context),
    ...tagStore(context),
    ...notificationStore(context),
    ...endpointStore(context),
    ...deliveryStore(context),
    ...deadLetterStore(context),
  };
}

function connect(client: typeof MongoClient, options: MongoStoreOptions & MongoClientOptions): MongoClient {
  const { connectMillis = 30_000, answerMillis = 60_000, onCommand, secureContext } = options;
  const settings: MongoClientOptions = {
    appName: 'clarion',
    // Return bytes as they were written.
    promoteBuffers: true,
    ignoreUndefined: true,
    serverSelectionTimeoutMS: connectMillis,
    connectTimeoutMS: connectMillis,
    socketTimeoutMS: answerMillis,
    monitorCommands: onCommand !== undefined,
    ...(secureContext !== undefined && { secureContext }),
  };
  try {
    // The driver retries reads and writes where the server can detect a repeated write: not with a standalone server.
    const made = new client(options.uri, settings);
    if (onCommand !== undefined) {
      made.on('commandStarted', ({ commandName, command }) => {
        onCommand(commandName, command);
      });
    }
    return made;
  } catch (error) {
    const explained = explain(error);
    // The message of the driver may hold the password.
    if (explained instanceof ClarionError)
      throw new ClarionError('invalid-input', 'not a usable MongoDB connection string', {
        remedy: 'mongodb://USER:PASSWORD@HOST:PORT/DATABASE',
      });
    throw explained;
  }
}

/** The database in the path of a connection string. */
function databaseOf(uri: string): string {
  const path = /^[a-z+]+:\/\/[^/?]+\/([^?]*)/.exec(uri)?.[1] ?? '';
  return path === '' ? defaultDatabase : decodeURIComponent(path);
}

/** Acknowledged writes are durable: on a majority of a replica set, else in the journal. */
async function durableDatabase(client: MongoClient, name: string): Promise<Db> {
  const { ReadConcern } = await import('mongodb');
  const hello = await askHello(client);
  const replicated = hello['setName'] !== undefined || hello['msg'] === 'isdbgrid';
  if (!replicated) return client.db(name, { writeConcern: { w: 1, journal: true } });
  return client.db(name, {
    readConcern: new ReadConcern('majority'),
    writeConcern: { w: 'majority', journal: true },
    readPreference: 'primary',
  });
}

async function askHello(client: MongoClient): Promise<Document> {
  const admin = client.db('admin');
  try {
    return await admin.command({ hello: 1 });
  } catch (error) {
    // Servers before 5.0, and those with a compatible older protocol.
    if ((error as { readonly code?: unknown }).code === 59) return admin.command({ isMaster: 1 });
    throw error;
  }
}

function contextOf(client: MongoClient, db: Db, options: MongoStoreOptions): MongoContext {
  const { now = () => new Date(), leaseMillis = 60_000, resultBytes = defaultResultBytes } = options;
  return {
    client,
    db,
    now,
    leaseMillis,
    resultBytes,
    collection: <N extends CollectionName>(name: N) => db.collection<CollectionDocuments[N]>(name),
    openUpdates: new OpenUpdates(),
  };
}
