import { removeComposition } from './composition-store';
import type { StoreEnvironment } from './environment';
import { keysBelow, lastPart } from './keys';
import { removeInBatches } from './removal';

/**
 * Removes compositions that no image uses, or used before it was indexed again. Those put since the first kept day stay: their image may be about to
 * reference them.
 */
export async function pruneCompositions(env: StoreEnvironment, firstKeptDay: number): Promise<void> {
  await removeInBatches(env, keysBelow('composition-used'), {
    matches: (day) => (day as number) < firstKeptDay,
    remove: (key) => {
      const id = lastPart(key);
      if (!isUsed(env, id)) removeComposition(env, id);
    },
  });
}

function isUsed(env: StoreEnvironment, id: string): boolean {
  return (['image-composition', 'image-earlier'] as const).some((kind) => {
    const [image] = env.db.getKeys({ ...keysBelow(kind, id), limit: 1 });
    return image !== undefined;
  });
}
