import { createHash } from 'node:crypto';
import type { Composition, EffectiveImage } from '@clarion/model';

/** The composition of an image: what decides its findings, named by its content (docs/decisions/0013). */
export function compositionOf({ namespaces, channels, evidence, features }: EffectiveImage): Composition {
  const id = createHash('sha256').update(canonicalJson({ namespaces, channels, evidence, features })).digest('hex');
  return { id, namespaces, channels, evidence, packages: features.length };
}

/** JSON with sorted members: stores give objects back with their members in any order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
