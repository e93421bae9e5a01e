import { compareText } from '@clarion/model';
import { orderVersions } from '@clarion/version-schemes';
import { ecosystemOfNamespace } from '@clarion/ecosystems';
import type { EvaluatedAdvisory } from '../evaluate/evaluate-advisories';
import type { FlawCluster } from './cluster-by-flaw';
import { decidingAdvisories, type FlawState } from './decide-flaw';
import { isFixedBy, statedFixes } from './nearest-fix';

/** A flaw that a package has. */
export type OpenFlaw = Pick<FlawState, 'fixedIn' | 'flawKind' | 'certainty'> & {
  readonly cluster: Pick<FlawCluster<EvaluatedAdvisory>, 'members'>;
};

/** Versions that are tried: the highest fixed one of any flaw is nearly always enough. */
const mostTried = 8;

/**
 * The lowest version that fixes all vulnerabilities of one package that have a fix; undefined where these have only one
 * fixed version between them, and where no stated one is enough for all. The highest fixed version of any of them may
 * not be: a flaw can be back in another line (`< 1.2.5` and `>= 2.0.0 < 2.0.4`).
 */
export function fixOfAll(flaws: readonly OpenFlaw[]): string | undefined {
  const fixable = flaws.filter(isFixable);
  if (new Set(fixable.map(({ fixedIn }) => fixedIn)).size < 2) return undefined;
  const deciding = fixable.flatMap(({ cluster }) => decidingAdvisories(cluster.members));
  const [first] = deciding;
  if (first?.scheme === undefined || deciding.some((one) => !isComparable(one, first))) return undefined;
  const { scheme, group, version } = first;
  const order = (a: string, b: string): number => orderVersions(scheme, a, b) ?? 0;
  const flavourOf = ecosystemOfNamespace(group.namespace)?.flavourOf ?? (() => undefined);
  const needed = fixable.flatMap(({ fixedIn }) => fixedIn ?? []);
  const highest = needed.reduce((a, b) => (order(a, b) < 0 ? b : a));
  const above = [...new Set(statedFixes(deciding))].filter((fix) => order(fix, highest) > 0);
  return [highest, ...above.sort((a, b) => order(a, b) || compareText(a, b))]
    .filter((fix) => flavourOf(fix) === flavourOf(version))
    .slice(0, mostTried)
    .find((fix) => deciding.every((one) => isFixedBy(one, fix)));
}

/** Whether a new version is to be expected to fix it. */
export function isFixable({ fixedIn, flawKind, certainty }: OpenFlaw): boolean {
  return fixedIn !== null && flawKind === undefined && certainty === undefined;
}

/** Advisories about the source and the binary package may be about different versions. */
function isComparable(one: EvaluatedAdvisory, other: EvaluatedAdvisory): boolean {
  return one.scheme === other.scheme && one.version === other.version;
}
