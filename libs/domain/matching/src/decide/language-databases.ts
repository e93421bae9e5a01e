import type { EvaluatedAdvisory } from '../evaluate/evaluate-advisories';

/**
 * Namespaces of language ecosystems. Unlike distributions they have no single authoritative feed: several databases
 * state different ranges for one flaw. The value is the id prefix of the database that the ecosystem itself maintains
 * for exact ranges, and which takes precedence over GitHub's. PyPI's PYSEC and GitHub's have the same rank (reference:
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
 * The advisories of GitHub's records that do not decide, because the ecosystem's own database covers the same
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

/** The id of the record: that of the advisory where the flaw has another name. */
function recordOf({ id, advisory }: EvaluatedAdvisory['advisory']): string {
  return advisory ?? id;
}
