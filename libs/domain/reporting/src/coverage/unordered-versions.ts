import { ecosystemOfNamespace } from '@clarion/ecosystems';
import type { PlacedFeature, UndeterminedPackage } from '@clarion/model';
import { longestVersion, versionScheme } from '@clarion/version-schemes';

/**
 * Packages of languages whose version their ecosystem cannot order (`(devel)`), and that are not undetermined because
 * of an advisory already: no version of theirs would be found affected. A package of the distribution is left to it.
 */
export function unorderedVersions(
  features: readonly PlacedFeature[],
  undetermined: readonly UndeterminedPackage[],
): readonly UndeterminedPackage[] {
  const known = new Set(undetermined.map(keyOf));
  const isOrdered = orderedVersions();
  return features.flatMap(({ name, version, namespace, owner }) => {
    const scheme = ecosystemOfNamespace(namespace ?? '')?.versionScheme;
    if (scheme === undefined || owner !== undefined || isOrdered(scheme, version)) return [];
    const one = { package: name, version, namespace };
    if (known.has(keyOf(one))) return [];
    const reason = `not a version that ${scheme} can order`;
    return [{ ...one, reason, vulnerability: null, noAdvisories: true as const }];
  });
}

function keyOf({ package: name, version, namespace }: Pick<UndeterminedPackage, 'package' | 'version' | 'namespace'>): string {
  return JSON.stringify([name, version, namespace]);
}

/** Whether a scheme can order a version: thousands of packages share a few hundred versions. */
function orderedVersions(): (scheme: string, version: string) => boolean {
  const known = new Map<string, boolean>();
  return (id, version) => {
    if (version.length > longestVersion) return false;
    const key = `${id} ${version}`;
    const ordered = known.get(key) ?? versionScheme(id)?.order(version, version) !== undefined;
    known.set(key, ordered);
    return ordered;
  };
}
