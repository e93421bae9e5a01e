import type { Feature } from '@clarion/model';
import { namespaceOfType } from './find-ecosystem';
import { programs } from './rows/programs';
import { runtimeOf } from './runtimes';

/**
 * The namespace of a program. Each runtime has its own, since what covers one says nothing about another: `generic:node`.
 * Other programs share `generic`, which no feed covers.
 */
export function programNamespace(name: string): string {
  const { type } = programs;
  return runtimeOf(name) === undefined ? type : `${type}:${name}`;
}

/** The namespace that a package has whatever the distribution is; undefined where the distribution decides. */
export function namespaceOfPackage({ type, name }: Pick<Feature, 'type' | 'name'>): string | undefined {
  return type === programs.type ? programNamespace(name) : namespaceOfType(type);
}
