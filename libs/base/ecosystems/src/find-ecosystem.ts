import { isOwnName, type PackageType } from '@clarion/model';
import type { Ecosystem } from './ecosystem';
import { ecosystems } from './rows';
import { programs } from './rows/programs';

const byType: ReadonlyMap<string, Ecosystem> = new Map(ecosystems.map((row) => [row.type, row]));

const byNamespace: ReadonlyMap<string, Ecosystem> = new Map(
  ecosystems.flatMap((row) => (row.namespace === undefined ? [] : [[row.namespace, row] as const])),
);

/** The row of a type of packages; undefined for a user-defined type. */
export function ecosystemOf(type: PackageType): Ecosystem | undefined {
  return byType.get(type);
}

/** The row of the ecosystem with this namespace (`npm`, `crates.io`, `generic:node`); undefined for a distribution. */
export function ecosystemOfNamespace(namespace: string): Ecosystem | undefined {
  // Each runtime has its own namespace: `generic:node`.
  return byNamespace.get(namespace.startsWith(`${programs.type}:`) ? programs.type : namespace);
}

/** The namespace that packages of a type have whatever the distribution is; undefined where the distribution decides. */
export function namespaceOfType(type: PackageType): string | undefined {
  return isOwnName(type) ? type : byType.get(type)?.namespace;
}
