import type { Feature, IndexedPackageType, PackageType } from '@clarion/model';
import { ecosystemOf, ecosystemOfNamespace } from './find-ecosystem';
import { indexedPackageType } from './package-types';

/** The form in which names of packages of a type are compared: `flask-login` for `Flask_Login` of `pypi`. */
export function comparedName(type: PackageType, name: string): string {
  return ecosystemOf(type)?.normalise?.(name) ?? name;
}

/** The same for packages of a namespace. */
export function comparedNameIn(namespace: string, name: string): string {
  return ecosystemOfNamespace(namespace)?.normalise?.(name) ?? name;
}

/** The type and the names that stores index a package by: its own name and that of its source package. */
export function indexedNames({ type, name, source }: Pick<Feature, 'type' | 'name' | 'source'>): {
  readonly type: IndexedPackageType;
  readonly names: readonly string[];
} {
  const names = new Set([name, source?.name ?? name].map((one) => comparedName(type, one)));
  return { type: indexedPackageType(type), names: [...names] };
}
