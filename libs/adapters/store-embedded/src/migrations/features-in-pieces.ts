import type { ImageComposition } from '@clarion/model';

import { featuresOfPiece, putFeatures, storedPieces } from '../composition-features';
import { unpack } from '../environment';
import { keysBelow, lastPart } from '../keys';
import type { StoreMigration } from './migration';

/** Features of large compositions used to be one record each, for all of them and for those of each name. */
export const featuresInPieces: StoreMigration = {
  to: 5,
  since: '0.1.0',
  ranges: [keysBelow('composition')],
  rewrite(env, key, value) {
    const { packages = Number.POSITIVE_INFINITY } = unpack(env, value) as ImageComposition;
    if (packages <= featuresOfPiece) return;
    const id = lastPart(key);
    putFeatures(env, id, [...storedPieces(env, id)].flat());
  },
};
