import type { EvaluatedAdvisory } from '../evaluate/evaluate-advisories';

/**
 * Namespaces of language ecosystems. None of them has a feed of record as a distribution has: several databases state
 * ranges of their own about one flaw. The value is how the ids of the database start that the ecosystem itself keeps
 * for exact ranges, and that so comes before GitHub's; PyPI's PYSEC and GitHub's have the same rank (reference:
 * matching §5, conflicting ranges).
 */
const ownDatabase: ReadonlyMap<string, string | undefined> = new Map([
  ['go', 'GO-'],
  ['crates.io', 'RUSTSEC-'],
  ...['conan', 'cran', 'hackage', 'hex', 'maven', 'npm', 'nuget', 'packagist', 'pub', 'pypi', 'rubygems'].map(
    (namespace) => [namespace, undefined] as const,
  ),
]);

/** Whether an advisory is about a package of a language ecosystem. */
export function isOfLanguage({ group }: EvaluatedAdvisory): boolean {
  return ownDatabase.has(group.namespace);
}

const none: ReadonlySet<EvaluatedAdvisory> = new Set();

/**
 * The advisories of GitHub's records that do not decide, because the ecosystem's own database speaks about the same
 * flaw of the package. One that only informs (an unmaintained crate), or cannot be compared, sets nothing aside.
 */
export function setAside(advisories: readonly EvaluatedAdvisory[]): ReadonlySet<EvaluatedAdvisory> {
  const prefix = ownDatabase.get(advisories[0]?.group.namespace ?? '');
  if (prefix === undefined) return none;
  const spoken = new Set(
    advisories.flatMap(({ advisory, versionMatch, level }) =>
      recordOf(advisory).startsWith(prefix) && advisory.kind === undefined && versionMatch.kind !== 'undetermined'
        ? [level]
        : [],
    ),
  );
  return new Set(
    advisories.filter(({ advisory, level }) => spoken.has(level) && recordOf(advisory).startsWith('GHSA-')),
  );
}

/** The id of the record that said it: that of the advisory where the flaw has another name. */
function recordOf({ id, advisory }: EvaluatedAdvisory['advisory']): string {
  return advisory ?? id;
}
