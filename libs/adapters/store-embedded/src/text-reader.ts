import type { VulnerabilityRecord } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { type StoreEnvironment, unpack } from './environment';
import { keyPart, keysBelow } from './keys';
import { toText } from './records';

/** The texts of vulnerabilities, each from one snapshot, in the order of their feeds. */
export function textReader(
  env: StoreEnvironment,
  transaction: Transaction,
): (id: string) => readonly VulnerabilityRecord[] {
  const ranges = rangesOfFeeds(env, transaction);
  return (id) =>
    ranges.flatMap((range) => {
      const key = `${range}${keyPart(id)}`;
      const stored = env.db.get(key, { transaction });
      return stored === undefined ? [] : [toText(key, unpack(env, stored))];
    });
}

/** Key prefix of each feed's vulnerability records. There are few feeds, so each is looked up. */
function rangesOfFeeds(env: StoreEnvironment, transaction: Transaction): readonly string[] {
  const ranges: string[] = [];
  const { end } = keysBelow('text');
  let { start } = keysBelow('text');
  for (;;) {
    const [key] = env.db.getKeys({ start, end, limit: 1, transaction });
    if (key === undefined) return ranges;
    const range = key.slice(0, key.lastIndexOf('\t') + 1);
    ranges.push(range);
    start = `${range.slice(0, -1)}\n`;
  }
}

/** Whether a feed has any vulnerability record that is more than a score. */
export function hasTexts(env: StoreEnvironment, feed: string): boolean {
  env.db.resetReadTxn();
  return env.db.getKeysCount({ ...keysBelow('text', feed), limit: 1 }) > 0;
}
