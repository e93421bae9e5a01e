import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { ClarionError, type SharedFacts, type Store, type TenantData, type WorkJournal } from '@clarion/model';

import { advisoryStore } from './advisory-store';
import { changeStore } from './change-store';
import { compositionStore } from './composition-store';
import { deadlineStore } from './deadline-store';
import { deadLetterStore } from './dead-letter-store';
import { deliveryStore } from './delivery-store';
import { endpointStore } from './endpoint-store';
import { type StoreEnvironment, explain, systemCode } from './environment';
import { feedStore } from './feed-store';
import { checkHeader, checkLength } from './file-checks';
import { ensureFormat, isOlder } from './format';
import { historyStore } from './history-store';
import { imageStore } from './image-store';
import { layersOfThisRun } from './layers-of-this-run';
import { layerStore } from './layer-store';
import { leaseStore } from './lease-store';
import { maintenance } from './maintenance';
import { notificationStore } from './notification-store';
import { openEnvironment, storeFileName } from './open-environment';
import { progressStore } from './progress-store';
import { resultStore } from './result-store';
import { seenFileStore } from './seen-file-store';
import { tagStore } from './tag-store';
import { vulnerabilityStore } from './vulnerability-store';
import { workJournal } from './work-journal';
import { writeBatches } from './write-batches';

/** Where and how to open the store. */
export interface EmbeddedStoreOptions {
  /** Created if missing, unless `readOnly`. Several processes may use it at once. */
  readonly directory: string;
  /**
   * Never write, not even the last use of a layer. A missing store is then `no-data`. `where-needed`: only if the store
   * exists and is not writable; layers that are read then are remembered until the store is closed, nothing else is.
   */
  readonly readOnly?: boolean | 'where-needed';
  /** Reject writes (`limit-exceeded`) when the file is larger than this many bytes. */
  readonly mapSizeLimit?: number;
  /** Bytes that results may take (`ResultStore`); 0 to keep none. Default: `defaultResultBytes`. */
  readonly resultBytes?: number;
  /**
   * Keep an index from vulnerabilities to packages, which `packagesOf` needs. An update takes about 20 µs longer per
   * changed advisory, and so does the first query of a store that was written without the index.
   */
  readonly mentions?: boolean;
  /**
   * Builds that index in another process, which opens its own store and queries packages; resolves when it is done. By
   * default it is built in this process: for a large store that takes a minute, in short pieces.
   */
  readonly buildMentions?: () => Promise<void>;
  /** The clock; for tests. */
  readonly now?: () => Date;
}

/** The store of one machine, which also keeps the work of the bus there. */
export type EmbeddedStore = Store & WorkJournal & { /** Whether it can only be read. */ readonly readOnly: boolean };

/**
 * Opens the store of one machine: an LMDB file. Throws `ClarionError`: `invalid-input` when the directory is unusable,
 * `no-data` when it is opened read-only and contains no store, `unsupported` when another version of Clarion wrote it,
 * `corrupt-data` when it is damaged or not a store; each with a remedy.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const directory = path.resolve(options.directory);
  const file = path.join(directory, storeFileName);
  const needed = options.readOnly === 'where-needed' && existsSync(file) && !isWritable(directory, file);
  const readOnly = options.readOnly === true || needed;
  try {
    prepareDirectory(directory, file, readOnly);
    checkHeader(file);
    const { mapSizeLimit, resultBytes, mentions, buildMentions, now } = options;
    const env = await openEnvironment({
      ...{ directory, readOnly, mapSizeLimit, buildMentions },
      ...(resultBytes !== undefined && { resultBytes }),
      ...(mentions !== undefined && { mentions }),
      ...(now !== undefined && { now }),
    });
    if (readOnly && isOlder(env) && isWritable(directory, file)) {
      await env.db.close();
      // Who may write brings it into the form of today, also to read it only.
      await (await openEmbeddedStore({ directory })).close();
      return await openEmbeddedStore(options);
    }
    try {
      checkLength(env);
      await ensureFormat(env);
    } catch (error) {
      await env.db.close();
      throw error;
    }
    const store = {
      readOnly,
      ...sharedFacts(env),
      ...tenantData(env),
      ...leaseStore(env),
      ...progressStore(env),
      ...resultStore(env),
      ...workJournal(env),
      ...maintenance(env),
    };
    return needed ? { ...store, ...layersOfThisRun(store) } : store;
  } catch (error) {
    throw explain({ directory }, error);
  }
}

function sharedFacts(env: StoreEnvironment): SharedFacts {
  return {
    ...layerStore(env),
    ...seenFileStore(env),
    ...advisoryStore(env),
    ...vulnerabilityStore(env),
    ...feedStore(env),
    ...changeStore(env),
    ...historyStore(env),
  };
}

function tenantData(env: StoreEnvironment): TenantData {
  const batched = writeBatches(env);
  return {
    ...imageStore(env, batched),
    ...compositionStore(env, batched),
    ...deadlineStore(env, batched),
    ...tagStore(env),
    ...notificationStore(env),
    ...endpointStore(env),
    ...deliveryStore(env),
    ...deadLetterStore(env),
  };
}

function prepareDirectory(directory: string, file: string, readOnly: boolean): void {
  if (!readOnly) {
    makeDirectory(directory);
    accessSync(directory, constants.W_OK);
    return;
  }
  if (existsSync(file)) return;
  throw new ClarionError('no-data', `there is no store in ${directory}`, { remedy: 'run `clarion update` first' });
}

function isWritable(...paths: readonly string[]): boolean {
  try {
    for (const one of paths) accessSync(one, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Level by level: a recursive mkdir never returns in Node where the system cannot create the path (/proc). */
function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return;
  makeDirectory(path.dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    // Another process was faster.
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}
