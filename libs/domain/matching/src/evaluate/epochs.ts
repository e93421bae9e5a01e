import type { VersionScheme } from '@clarion/model';

const known = new Map<string, VersionScheme>();

/**
 * The same order, where an epoch does not count when exactly one side has it: the names of source rpms are written
 * without, so its absence says nothing (reference: matching §2.3).
 */
export function ignoringLoneEpochs(scheme: VersionScheme): VersionScheme {
  const lenient = known.get(scheme.id) ?? {
    ...scheme,
    isValid: (version: string) => scheme.isValid(version),
    compare: (a: string, b: string) =>
      hasEpoch(a) === hasEpoch(b) ? scheme.compare(a, b) : scheme.compare(withoutEpoch(a), withoutEpoch(b)),
    order: (a: string, b: string) =>
      hasEpoch(a) === hasEpoch(b) ? scheme.order(a, b) : scheme.order(withoutEpoch(a), withoutEpoch(b)),
  };
  known.set(scheme.id, lenient);
  return lenient;
}

function hasEpoch(version: string): boolean {
  return /^\d+:/.test(version);
}

function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, '');
}
