import type { Advisory, AdvisoryGroup, AdvisoryState, PlacedFeature } from '@clarion/model';
import { compareVersions, versionScheme } from '@clarion/version-schemes';
import type { Cluster } from './clusters';
import { clusterByFlaw } from './clusters';
import { evaluate } from './evaluate';
import type { Verdict } from './evaluate';
import type { MatchedGroup } from './lookup';
import { compareText } from './order';
import { applicability } from './scope';

/** One statement held against one package. */
export interface Held {
  readonly advisory: Advisory;
  readonly group: AdvisoryGroup;
  readonly verdict: Verdict;
  /** False for a statement that is shown but decides nothing (an unreachable channel). */
  readonly counts: boolean;
  /** Why the statement is less than certain, if it is. */
  readonly note: string | undefined;
}

/** A flaw that the package has, or may have (`under_investigation`). */
export interface Decision {
  readonly cluster: Cluster<Held>;
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
}

/** What could not be told; without a vulnerability it concerns all statements about the package. */
export interface Undecidable {
  readonly vulnerability: string | null;
  readonly reason: string;
}

export interface Decided {
  readonly decisions: readonly Decision[];
  readonly undecidable: readonly Undecidable[];
}

const nothing: Decided = { decisions: [], undecidable: [] };

/** Decides all flaws of one package from all statements about its names. Pure, and independent of their order. */
export function decide(feature: PlacedFeature, matched: readonly MatchedGroup[]): Decided {
  const held = aboutOpenFlaws(matched.flatMap((group) => hold(feature, group)));
  if (held.length === 0) return nothing;
  const decisions: Decision[] = [];
  const undecidable: Undecidable[] = [];
  for (const cluster of clusterByFlaw(held, ({ advisory }) => advisory)) {
    const statements = cluster.members.filter(({ counts }) => counts);
    if (statements.some(({ verdict }) => verdict.kind === 'suppressed')) continue;
    const outcome = combine(statements);
    if (outcome !== undefined) decisions.push({ cluster, ...outcome });
    undecidable.push(...openQuestions(cluster.id, statements));
  }
  return { decisions, undecidable };
}

/**
 * The statements about flaws that any of them leaves open. Most packages have none, and most of a package's flaws are
 * fixed: dropping those here is what keeps large packages fast. Ids are connected by statements with aliases only.
 */
function aboutOpenFlaws(held: readonly Held[]): readonly Held[] {
  if (!held.some(({ verdict }) => isOpen(verdict))) return [];
  const named = new Set<string>();
  for (const { advisory, verdict } of held) {
    if (advisory.aliases === undefined && !isOpen(verdict)) continue;
    named.add(advisory.id);
    for (const alias of advisory.aliases ?? []) named.add(alias);
  }
  return held.filter(({ advisory }) => named.has(advisory.id));
}

function isOpen({ kind }: Verdict): boolean {
  return kind === 'vulnerable' || kind === 'undecided' || kind === 'undetermined';
}

function hold(feature: PlacedFeature, { group, version, matchedBy }: MatchedGroup): readonly Held[] {
  const scheme = versionScheme(group.scheme);
  const subject = { feature, matchedBy };
  const held: Held[] = [];
  for (const advisory of group.advisories) {
    const scope = applicability(advisory.scope, subject);
    if (scope.kind === 'other') continue;
    const unknown = scope.kind === 'undetermined';
    held.push({
      advisory,
      group,
      verdict: unknown ? scope : evaluate(advisory, scheme, version),
      counts: scope.kind !== 'information',
      note: unknown ? scope.reason : scope.note,
    });
  }
  return held;
}

/** Combines the statements of one flaw, none of which says "not affected" (reference: several statements, one CVE). */
function combine(statements: readonly Held[]): { state: AdvisoryState; fixedIn: string | null } | undefined {
  const fixedIn = highestFix(statements);
  if (fixedIn !== undefined) return { state: 'fixed', fixedIn };
  // It has the fix, whatever an older document still says.
  if (statements.some(({ verdict }) => verdict.kind === 'cleared')) return undefined;
  const states = statements.flatMap(({ verdict }) => (verdict.kind === 'vulnerable' ? [verdict.state] : []));
  const state = mostFinal.find((candidate) => states.includes(candidate));
  if (state !== undefined) return { state, fixedIn: null };
  const undecided = statements.some(({ verdict }) => verdict.kind === 'undecided');
  return undecided ? { state: 'under_investigation', fixedIn: null } : undefined;
}

/** When unfixed statements differ, the one that promises least is the most informed one. */
const mostFinal: readonly AdvisoryState[] = ['end_of_life', 'will_not_fix', 'fix_deferred', 'affected'];

/** A second fix for the same flaw normally completes the first: the highest one that the package lacks counts. */
function highestFix(statements: readonly Held[]): string | undefined {
  const fixes = statements
    .flatMap(({ verdict, group }) =>
      verdict.kind === 'vulnerable' && verdict.fixedIn !== null ? [{ fix: verdict.fixedIn, id: group.scheme }] : [],
    )
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.fix, b.fix));
  let highest = fixes[0];
  for (const next of fixes) {
    const scheme = versionScheme(next.id);
    if (highest?.id === next.id && scheme && compareVersions(scheme, next.fix, highest.fix) > 0) highest = next;
  }
  return highest?.fix;
}

function openQuestions(vulnerability: string, statements: readonly Held[]): readonly Undecidable[] {
  return statements.flatMap(({ verdict }) =>
    verdict.kind === 'undetermined'
      ? [{ vulnerability: verdict.wholePackage === true ? null : vulnerability, reason: verdict.reason }]
      : [],
  );
}
