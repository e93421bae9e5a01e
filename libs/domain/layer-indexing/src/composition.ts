import { createHash } from 'node:crypto';
import type { ImageComposition, EffectiveImage } from '@clarion/model';

/** The composition of an image: everything that determines its findings, named by its content (docs/decisions/0013). */
export function compositionOf({ namespaces, channels, evidence, features }: EffectiveImage): ImageComposition {
  const id = createHash('sha256').update(canonicalJson({ namespaces, channels, evidence, features })).digest('hex');
  const own = new Set<string | null>([...namespaces, ...channels].map((namespace) => namespace.id)).add(null);
  const others = [...new Set(features.flatMap(({ namespace }) => (own.has(namespace) ? [] : [namespace ?? ''])))];
  const free = new Set(features.flatMap(({ namespace, owner }) => (owner === undefined ? [namespace] : [])));
  const owned = others.filter((namespace) => !free.has(namespace));
  const unplaced = features.filter(({ namespace }) => namespace === null).length;
  const owners = new Set(features.flatMap(({ owner }) => owner ?? []));
  return {
    ...{ id, namespaces, channels, evidence, packages: features.length },
    ...(unplaced === 0 ? {} : { unplaced }),
    ...(others.length === 0 ? {} : { otherNamespaces: others.sort() }),
    ...(owned.length === 0 ? {} : { ownedNamespaces: owned.sort() }),
    ...(owners.size === 0 ? {} : { owners: [...owners].sort() }),
  };
}

/** JSON with sorted members: stores return objects with their members in any order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(withSortedMembers(value));
}

/** A function that JSON calls for each member would take several times as long. */
function withSortedMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedMembers);
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    sorted[name] = typeof member === 'object' ? withSortedMembers(member) : member;
  }
  return sorted;
}
