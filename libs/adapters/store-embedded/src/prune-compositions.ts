import { removeComposition } from './composition-store';
import type { StoreEnvironment } from './environment';
import { keysBelow, lastPart } from './keys';
import { removeInBatches } from './removal';

/**
 * Removes compositions that no image uses. Those put since the first kept day stay: their image may be about to
 * reference them.
 */
export async function pruneCompositions(env: StoreEnvironment, firstKeptDay: number): Promise<void> {
  const { db } = env;
  await removeInBatches(env, keysBelow('composition-used'), {
    matches: (day) => (day as number) < firstKeptDay,
    remove: (key) => {
      const id = lastPart(key);
      const [image] = db.getKeys({ ...keysBelow('image-composition', id), limit: 1 });
      if (image === undefined) removeComposition(env, id);
    },
  });
}
