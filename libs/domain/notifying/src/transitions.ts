import { ecosystemOfNamespace } from '@clarion/ecosystems';
import { createTurns, sortInTurns, type WorkTurns } from '@clarion/deadlines';
import {
  countApart,
  countBySeverity,
  isCounted,
  isLikelyExploited,
  type ExploitationThreshold,
} from '@clarion/reporting';
import {
  compareSeverity,
  transitionKinds,
  type TransitionKind,
  type AffectedImage,
  type AffectedPackage,
  type Finding,
  type Problem,
} from '@clarion/model';
import { isStateChange } from './state-change';

/** What happens to every image of a composition. */
export interface ImageTransition extends Pick<AffectedImage, 'before' | 'after'> {
  readonly transition: TransitionKind;
}

/** The effect of one change on every image of a composition. */
export interface ChangeEffect {
  /** At most one per kind of transition, in the order of `transitionKinds`; empty when no notification is needed. */
  readonly transitions: readonly ImageTransition[];
  /** The findings of the transitions. */
  readonly before: readonly Finding[];
  readonly after: readonly Finding[];
  /** Whether the vulnerability counts by severity of the composition changed. */
  readonly recount: boolean;
  /** Why the effect is unknown: there is too much to match. */
  readonly exceeded?: Problem;
}

interface Sides {
  readonly before: readonly Finding[];
  readonly after: readonly Finding[];
}

export interface TransitionOptions extends ExploitationThreshold {
  /** Whether a change that affects only a state counts. */
  readonly stateChanges: boolean;
}

/**
 * Compares the findings before and after, by vulnerability. A vulnerability is a finding's id with its aliases, so one
 * that only gained another id is the same. Informational findings are not vulnerabilities and are left out.
 */
export async function transitionsOf(found: Sides, options: TransitionOptions): Promise<ChangeEffect> {
  const turns = createTurns();
  const sides = { before: vulnerabilities(found.before), after: vulnerabilities(found.after) };
  const notified: (Sides & { readonly kind: AffectedImage['transition'] })[] = [];
  for (const flaw of await flawsOf(sides, turns)) {
    const kind = await kindOf(flaw, options, turns);
    if (kind !== undefined) notified.push({ ...flaw, kind });
  }
  const transitions: ChangeEffect['transitions'][number][] = [];
  for (const transition of transitionKinds) {
    const those = notified.filter(({ kind }) => kind === transition);
    const of = (side: keyof Sides) => packagesOf(those.flatMap((flaw) => flaw[side]));
    if (those.length > 0) transitions.push({ transition, before: await of('before'), after: await of('after') });
  }
  return {
    transitions,
    before: notified.flatMap(({ before }) => before),
    after: notified.flatMap(({ after }) => after),
    recount: JSON.stringify(countOf(found.before)) !== JSON.stringify(countOf(found.after)),
  };
}

function vulnerabilities(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ kind }) => kind !== 'informational');
}

/** What the counts of a composition follow from. */
function countOf(findings: readonly Finding[]): readonly unknown[] {
  const unique = new Set(findings.filter(isCounted).map(({ id }) => id));
  return [countBySeverity(findings), countApart(findings), [...unique].sort()];
}

/** Groups the findings of both sides by vulnerability. */
async function flawsOf({ before, after }: Sides, turns: WorkTurns): Promise<readonly Sides[]> {
  const leader = new Map<string, string>();
  const lead = (id: string): string => {
    let at = id;
    for (let next = leader.get(at); next !== undefined && next !== at; next = leader.get(at)) at = next;
    return at;
  };
  const ids = new Set([...before, ...after].map(({ id }) => id));
  for (const { id, aliases } of [...before, ...after]) {
    if (turns.isOver()) await turns.next();
    for (const alias of aliases) if (ids.has(alias)) leader.set(lead(alias), lead(id));
  }
  const flaws = new Map<string, { readonly before: Finding[]; readonly after: Finding[] }>();
  const flawOf = ({ id }: Finding): { readonly before: Finding[]; readonly after: Finding[] } => {
    const key = lead(id);
    const flaw = flaws.get(key) ?? { before: [], after: [] };
    flaws.set(key, flaw);
    return flaw;
  };
  for (const side of ['before', 'after'] as const) {
    for (const finding of { before, after }[side]) {
      if (turns.isOver()) await turns.next();
      flawOf(finding)[side].push(finding);
    }
  }
  return [...flaws.values()];
}

async function kindOf(
  { before, after }: Sides,
  options: TransitionOptions,
  turns: WorkTurns,
): Promise<AffectedImage['transition'] | undefined> {
  if (before.length === 0) return 'affected';
  if (after.length === 0) return 'cleared';
  const transition = {
    transition: 'changed' as const,
    before: await packagesOf(before),
    after: await packagesOf(after),
  };
  const isOther =
    !(await isSame(transition.before, transition.after, turns)) && (options.stateChanges || !isStateChange(transition));
  return isOther || riskOf(before, options) !== riskOf(after, options) ? 'changed' : undefined;
}

async function isSame(before: readonly unknown[], after: readonly unknown[], turns: WorkTurns): Promise<boolean> {
  if (before.length !== after.length) return false;
  for (const [at, one] of before.entries()) {
    if (turns.isOver()) await turns.next();
    if (JSON.stringify(one) !== JSON.stringify(after[at])) return false;
  }
  return true;
}

/** Whether a vulnerability is known to be exploited, and whether it is likely to be. */
function riskOf(findings: readonly Finding[], options: ExploitationThreshold): string {
  const isExploited = findings.some(({ knownExploited }) => knownExploited !== null);
  return `${isExploited} ${findings.some(({ epss }) => isLikelyExploited(epss, options))}`;
}

/** The packages of findings, sorted and without duplicates: one package can be installed in several places. */
export async function packagesOf(findings: readonly Finding[]): Promise<readonly AffectedPackage[]> {
  const packages = new Map<string, AffectedPackage>();
  const turns = createTurns();
  for (const { package: of, state, severity, fixedIn, kind } of findings) {
    if (turns.isOver()) await turns.next();
    const { name, version, namespace, architecture } = of;
    const key = JSON.stringify([namespace, name, version, architecture, state, severity, fixedIn, kind]);
    const malicious = kind === 'malicious' && { kind };
    // Those of distributions have qualifiers that packages of one name and version need not share.
    const url = ecosystemOfNamespace(namespace) !== undefined && { type: of.type, purl: of.purl };
    packages.set(key, { name, version, namespace, architecture, state, severity, fixedIn, ...malicious, ...url });
  }
  const sorted = await sortInTurns([...packages], ([a], [b]) => (a < b ? -1 : 1), turns);
  return sorted.map(([, one]) => one);
}

/** The highest severity of some packages; `Unknown` if there are no packages. */
export function mostSevere(packages: readonly Pick<AffectedPackage, 'severity'>[]): AffectedPackage['severity'] {
  return packages.reduce<AffectedPackage['severity']>(
    (most, { severity }) => (compareSeverity(severity, most) < 0 ? severity : most),
    'Unknown',
  );
}
