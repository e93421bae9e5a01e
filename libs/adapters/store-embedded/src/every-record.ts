import { type StoreEnvironment, explain } from './environment';
import { keysBelow } from './keys';

/** All records of a kind, below some parts of their keys, in the order of their keys, of one snapshot. */
export async function* everyRecord(
  env: StoreEnvironment,
  kind: 'text' | 'score' | 'repository',
  ...parts: readonly string[]
): AsyncGenerator<{ key: string; value: unknown }> {
  try {
    env.db.resetReadTxn();
    for (const { key, value } of env.db.getRange(keysBelow(kind, ...parts))) {
      yield await Promise.resolve({ key, value });
    }
  } catch (error) {
    throw explain(env, error);
  }
}
