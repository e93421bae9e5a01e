import type { LeaseStore } from '@clarion/model';

import { type Environment, settle, write } from './environment';
import { recordKey } from './keys';
import { sortableTime } from './pages';

interface LeaseRecord {
  readonly holder: string;
  /** In the sortable spelling. */
  readonly until: string;
}

/** Leases of processes by name. Those of feeds' writers are others (`takeLease`): they end with their process at once. */
export function leaseStore(env: Environment): LeaseStore {
  const { db } = env;
  return {
    lease: (name, holder, options) =>
      settle(() => {
        const now = sortableTime(options.now);
        const record: LeaseRecord = { holder, until: sortableTime(options.until) };
        return write(env, () => {
          const key = recordKey('process-lease', name);
          const held = db.get(key) as LeaseRecord | undefined;
          if (held !== undefined && held.holder !== holder && held.until > now) return false;
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
