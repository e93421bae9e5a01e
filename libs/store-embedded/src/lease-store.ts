import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import type { LeaseStore } from '@clarion/model';

import { type Environment, settle, write } from './environment';
import { recordKey } from './keys';
import { isRunning } from './lease';
import { sortableTime } from './pages';

interface LeaseRecord {
  readonly holder: string;
  /** In the sortable spelling. */
  readonly until: string;
  /** The process that holds it; absent in records of earlier versions. */
  readonly process?: { readonly host: string; readonly pid: number; readonly run: string };
}

/** Tells this process from an earlier one with its number: in a container all of them have the same. */
const run = randomUUID();

/**
 * Leases of processes by name. One of a process of this machine that has died ends with it, before its time: whoever is
 * started again goes on at once.
 */
export function leaseStore(env: Environment): LeaseStore {
  const { db } = env;
  return {
    lease: (name, holder, options) =>
      settle(() => {
        const now = sortableTime(options.now);
        const by = { host: hostname(), pid: process.pid, run };
        const record: LeaseRecord = { holder, until: sortableTime(options.until), process: by };
        return write(env, () => {
          const key = recordKey('process-lease', name);
          const held = db.get(key) as LeaseRecord | undefined;
          if (held !== undefined && held.holder !== holder && held.until > now && mayLive(held)) return false;
          db.putSync(key, record);
          return true;
        });
      }),
    endLease: (name, holder) =>
      settle(() => {
        write(env, () => {
          const key = recordKey('process-lease', name);
          if ((db.get(key) as LeaseRecord | undefined)?.holder === holder) db.removeSync(key);
        });
      }),
  };
}

/** Of another host only time tells. */
function mayLive({ process: by }: LeaseRecord): boolean {
  if (by?.host !== hostname()) return true;
  return by.pid === process.pid ? by.run === run : isRunning(by.pid);
}
