import type { LeaseStore } from '@clarion/model';
import { sortableTime } from '@clarion/store-rules';

import { type StoreEnvironment, write } from './environment';
import { recordKey } from './keys';
import { settleWrite } from './long-commits';
import { mayLive, type ProcessIdentity, thisProcess } from './process-identity';

interface LeaseRecord {
  /** The owner, under its stored name. */
  readonly holder: string;
  /** In the sortable spelling. */
  readonly until: string;
  /** The process that owns it; absent in records of earlier versions. */
  readonly process?: ProcessIdentity;
}

/**
 * Process leases by name. The lease of a process on this machine ends when that process dies, so that a restarted
 * process continues at once.
 */
export function leaseStore(env: StoreEnvironment): LeaseStore {
  const { db } = env;
  return {
    lease: (name, owner, options) =>
      settleWrite(env, () => {
        const now = sortableTime(options.now);
        const record: LeaseRecord = { holder: owner, until: sortableTime(options.until), process: thisProcess };
        return write(env, () => {
          const key = recordKey('process-lease', name);
          const stored = db.get(key) as LeaseRecord | undefined;
          if (stored !== undefined && stored.holder !== owner && stored.until > now && isOwned(stored)) return false;
          db.putSync(key, record);
          return true;
        });
      }),
    endLease: (name, owner) =>
      settleWrite(env, () => {
        write(env, () => {
          const key = recordKey('process-lease', name);
          if ((db.get(key) as LeaseRecord | undefined)?.holder === owner) db.removeSync(key);
        });
      }),
  };
}

/** Records of earlier versions name no process, so only their expiry counts. */
function isOwned({ process: by }: LeaseRecord): boolean {
  return by === undefined || mayLive(by);
}
