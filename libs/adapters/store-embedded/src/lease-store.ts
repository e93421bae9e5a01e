import type { LeaseStore } from '@clarion/model';
import { sortableTime } from '@clarion/store-rules';

import { type Environment, write } from './environment';
import { recordKey } from './keys';
import { settleWrite } from './long-commits';
import { mayLive, type ProcessIdentity, thisProcess } from './process-identity';

interface LeaseRecord {
  /** The owner, under the name that is stored. */
  readonly holder: string;
  /** In the sortable spelling. */
  readonly until: string;
  /** The process that owns it; absent in records of earlier versions. */
  readonly process?: ProcessIdentity;
}

/**
 * Leases of processes by name. One of a process of this machine that has died ends with it, before its time: whoever is
 * started again goes on at once.
 */
export function leaseStore(env: Environment): LeaseStore {
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

/** Of records of earlier versions only time tells. */
function isOwned({ process: by }: LeaseRecord): boolean {
  return by === undefined || mayLive(by);
}
