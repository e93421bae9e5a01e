import { ecosystemOfNamespace } from '@clarion/ecosystems';
import type { EvaluatedAdvisory } from '../evaluate/evaluate-advisories';

/**
 * Whether an advisory is about a package of a language ecosystem. Unlike distributions these have no single
 * authoritative feed: several databases state different ranges for one flaw.
 */
export function isOfLanguage({ group }: EvaluatedAdvisory): boolean {
  return ecosystemOfNamespace(group.namespace) !== undefined;
}

const none: ReadonlySet<EvaluatedAdvisory> = new Set();

/**
 * The advisories of GitHub's records that do not decide, because the ecosystem's own database covers the same
 * flaw of the package. PyPI's PYSEC and GitHub's have the same rank (reference: matching §5, conflicting ranges).
 * One that only informs (an unmaintained crate), or cannot be compared, sets nothing aside.
 */
export function setAside(advisories: readonly EvaluatedAdvisory[]): ReadonlySet<EvaluatedAdvisory> {
  const prefix = ecosystemOfNamespace(advisories[0]?.group.namespace ?? '')?.ownDatabase;
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
