import type { HistorySize } from '@clarion/model';

import type { StoreEnvironment } from './environment';
import { recordKey } from './keys';

/** What is known of the log as a whole. */
export interface HistoryCounts extends HistorySize {
  /** `HistoryStore.historyFrom`. */
  readonly from?: string;
}

const countsKey = recordKey('meta', 'history');

type Reading = Parameters<StoreEnvironment['db']['get']>[1];

/** Inside of a write transaction without `reading`. */
export function historyCounts(env: StoreEnvironment, reading: Reading = {}): HistoryCounts {
  return (env.db.get(countsKey, reading) as HistoryCounts | undefined) ?? { changes: 0, bytes: 0 };
}

/** Moves the beginning of the log. Inside of a write transaction. */
export function setHistoryFrom(env: StoreEnvironment, from: string): void {
  env.db.putSync(countsKey, { ...historyCounts(env), from } satisfies HistoryCounts);
}

/** Counts records of the log as they are written and removed, in the same transaction. */
export class HistoryTally {
  private changes = 0;
  private bytes = 0;

  /** Records of `bytes` bytes for `changes` changes were written; negative numbers: were removed. */
  add(changes: number, bytes: number): void {
    this.changes += changes;
    this.bytes += bytes;
  }

  /** The changes that were counted. */
  counted(): number {
    return this.changes;
  }

  /** Adds what was counted to the stored numbers. Inside of a write transaction. */
  write(env: StoreEnvironment): void {
    if (this.changes === 0 && this.bytes === 0) return;
    const { changes, bytes, ...rest } = historyCounts(env);
    const counted = { changes: Math.max(0, changes + this.changes), bytes: Math.max(0, bytes + this.bytes) };
    env.db.putSync(countsKey, { ...rest, ...counted } satisfies HistoryCounts);
    this.changes = 0;
    this.bytes = 0;
  }
}
