import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { type StoreEnvironment, explain, settle, write } from './environment';
import { recordKey } from './keys';
import { type ProcessIdentity, isThisProcess, mayLive, thisProcess } from './process-identity';

/**
 * LMDB has one writer at a time, and a process that waits for the write lock blocks its thread. A commit of a feed
 * takes seconds: an API process must not start a write then. So a long commit is announced in the store, visible to all
 * processes, before it begins. Reads continue, and writes wait without blocking.
 */
interface Announcement {
  readonly token: string;
  readonly process: ProcessIdentity;
  /** Milliseconds since 1970; after that nobody waits for it, whatever its result. */
  readonly until: number;
}

const key = recordKey('meta', 'commit');

/** Maximum time that others wait for an announced commit. */
const longest = 60_000;
/** Milliseconds between checks of other processes. */
const patience = 10;
/** Milliseconds between announcement and commit: for a writer that looked just before. */
const notice = 10;

/** Whether another live process is in a long commit, or about to begin one. */
export function othersCommit(env: StoreEnvironment): boolean {
  try {
    // The binding shares one snapshot for a whole event turn.
    env.db.resetReadTxn();
    return isPresent(env.db.get(key) as Announcement | undefined);
  } catch (error) {
    throw explain(env, error);
  }
}

function isPresent(announcement: Announcement | undefined): boolean {
  if (announcement === undefined || isThisProcess(announcement.process)) return false;
  const left = announcement.until - Date.now();
  return left > 0 && left <= longest && mayLive(announcement.process);
}

/** `settle` for an action that writes: between the long commits of other processes. */
export async function settleWrite<T>(env: StoreEnvironment, action: () => T): Promise<T> {
  await untilFree(env);
  return settle(action);
}

/** Resolves when no other process is in a long commit; the caller then writes in the same turn. */
export async function untilFree(env: StoreEnvironment): Promise<void> {
  while (othersCommit(env)) await sleep(patience);
}

/**
 * Announces a commit and runs it. `commit` calls its argument in its transaction, so that the announcement ends
 * together with the commit.
 */
export async function announceCommit<T>(env: StoreEnvironment, commit: (withdraw: () => void) => T): Promise<T> {
  const token = randomUUID();
  await untilFree(env);
  const withdraw = (): void => {
    if ((env.db.get(key) as Announcement | undefined)?.token === token) env.db.removeSync(key);
  };
  write(env, () => {
    env.db.putSync(key, { token, process: thisProcess, until: Date.now() + longest } satisfies Announcement);
  });
  try {
    await sleep(notice);
    return commit(withdraw);
  } catch (error) {
    withdrawFailed(env, withdraw);
    throw error;
  }
}

function withdrawFailed(env: StoreEnvironment, withdraw: () => void): void {
  try {
    write(env, withdraw);
  } catch {
    // From a full disk, or a store that was closed in the meantime: the caller gets the original error.
  }
}
