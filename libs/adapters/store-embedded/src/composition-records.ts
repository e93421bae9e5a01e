import type { ImageComposition } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { type StoreEnvironment, unpack } from './environment';
import { recordKey } from './keys';

/** The stored composition, without its features and counts. */
export function compositionOf(
  env: StoreEnvironment,
  id: string,
  transaction: Transaction,
): ImageComposition | undefined {
  return unpack(env, env.db.get(recordKey('composition', id), { transaction })) as ImageComposition | undefined;
}
