import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { ClarionError } from '@clarion/model';

import { type StoreEnvironment, write } from './environment';
import { recordKey } from './keys';
import { isRunning } from './process-identity';

/** Who writes a feed at present. */
interface LeaseRecord {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** RFC 3339. */
  readonly since: string;
  /** Milliseconds since 1970; the owner's last sign of life. */
  readonly renewedAt: number;
}

/** A writer that puts nothing for this long counts as dead, even if its process is alive. */
const idleLimit = 10 * 60_000;
/** How often a busy writer shows that it lives. */
const renewalInterval = 60_000;

/** The right to write one feed. */
export interface FeedWriteLease {
  readonly token: string;
  /** Shows that the owner lives. Cheap to call often. Throws `invalid-input` when the lease went to another. */
  renew(): void;
  /** Ends the lease, if it is still owned. Inside or outside a write transaction. */
  release(): void;
  /** Throws `invalid-input` when the lease went to another owner; inside a write transaction it then stays owned. */
  check(): void;
}

/** Takes the lease of `feed`; throws `invalid-input` while a live writer owns it. */
export function takeLease(env: StoreEnvironment, feed: string): FeedWriteLease {
  const key = recordKey('lease', feed);
  const token = randomUUID();
  const since = env.now();
  let renewedAt = since.getTime();
  const record = (): LeaseRecord => ({
    token,
    pid: process.pid,
    host: hostname(),
    since: since.toISOString(),
    renewedAt,
  });
  const isCurrent = () => (env.db.get(key) as LeaseRecord | undefined)?.token === token;
  const check = () => {
    if (!isCurrent())
      throw new ClarionError('invalid-input', `the update of feed ${feed} was idle and another has taken over`);
  };
  write(env, () => {
    refuseIfLive(env, feed, env.db.get(key) as LeaseRecord | undefined);
    env.db.putSync(key, record());
  });
  return {
    token,
    check,
    renew: () => {
      const now = env.now().getTime();
      if (now - renewedAt < renewalInterval) return;
      renewedAt = now;
      write(env, () => {
        check();
        env.db.putSync(key, record());
      });
    },
    release: () => {
      write(env, () => {
        if (isCurrent()) env.db.removeSync(key);
      });
    },
  };
}

function refuseIfLive(env: StoreEnvironment, feed: string, lease: LeaseRecord | undefined): void {
  if (lease === undefined || !isLive(env, lease)) return;
  throw new ClarionError(
    'invalid-input',
    `feed ${feed} is being updated by process ${lease.pid} on ${lease.host} since ${lease.since}`,
    { remedy: 'wait until that update has ended, or end that process' },
  );
}

function isLive(env: StoreEnvironment, lease: LeaseRecord): boolean {
  if (env.now().getTime() - lease.renewedAt > idleLimit) return false;
  // For another host only the age of the lease counts; on this host a killed process is detected at once.
  return lease.host !== hostname() || isRunning(lease.pid);
}
