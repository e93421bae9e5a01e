import type { FindingInterval } from './timeline/finding-history';

/** One flaw of one package: the same for all intervals of a finding. */
export function flawKey({ id, package: of }: Pick<FindingInterval, 'id' | 'package'>): string {
  return JSON.stringify([id, of.type, of.namespace, of.name, of.version, of.architecture, of.path]);
}
