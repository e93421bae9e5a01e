import { ecosystemOfNamespace } from '@clarion/ecosystems';
import { compareText } from '@clarion/model';
import { majorLine, orderVersions } from '@clarion/version-schemes';
import { type EvaluatedAdvisory } from '../evaluate/evaluate-advisories';
import { matchVersion } from '../evaluate/match-version';
import { decidingAdvisories, type FlawState } from './decide-flaw';
import { isOfLanguage } from './language-databases';

/** Fixed versions that are tried: more than one in a major line are rare. */
const mostTried = 4;

/**
 * The lowest fixed version of the major line that is installed, of the installed flavour where one has the fix; null where only another line has a fix. Undefined for
 * packages of distributions, which have one line, and where there is no fix at all.
 */
export function nearestFix(
  advisories: readonly EvaluatedAdvisory[],
  { fixedIn }: Pick<FlawState, 'fixedIn'>,
): string | null | undefined {
  const [first] = advisories;
  if (fixedIn === null || first === undefined || !isOfLanguage(first)) return undefined;
  const line = majorLine(first.version);
  const flavourOf = ecosystemOfNamespace(first.group.namespace)?.flavourOf ?? noFlavour;
  const flavour = flavourOf(first.version);
  const isInLine = majorLine(fixedIn) === line;
  if (isInLine && flavour === flavourOf(fixedIn)) return fixedIn;
  const deciding = decidingAdvisories(advisories);
  const inLine = lowestAbove(
    first,
    statedFixes(deciding).filter((fix) => majorLine(fix) === line && flavourOf(fix) === flavour),
  );
  return inLine.find((fix) => deciding.every((one) => isFixedBy(one, fix))) ?? (isInLine ? fixedIn : null);
}

function noFlavour(): undefined {
  return undefined;
}

/** The fixed versions that advisories name, of any line. */
export function statedFixes(advisories: readonly EvaluatedAdvisory[]): readonly string[] {
  return [...new Set(advisories.flatMap(({ advisory }) => (advisory.ranges ?? []).flatMap(({ fixed = [] }) => fixed)))];
}

/** The lowest of some versions that are above the installed one, in their order. */
function lowestAbove({ version, scheme }: EvaluatedAdvisory, fixes: readonly string[]): readonly string[] {
  if (scheme === undefined) return [];
  const order = (a: string, b: string): number => orderVersions(scheme, a, b) ?? 0;
  return fixes
    .filter((fix) => order(fix, version) > 0)
    .sort((a, b) => order(a, b) || compareText(a, b))
    .slice(0, mostTried);
}

/** Whether an advisory is not about the fixed version too: ranges of one advisory may overlap. */
export function isFixedBy({ advisory, scheme }: EvaluatedAdvisory, fix: string): boolean {
  const { kind } = matchVersion(advisory, scheme, fix);
  return kind !== 'vulnerable' && kind !== 'undecided' && kind !== 'undetermined';
}
