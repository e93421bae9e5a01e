import { builderOf, thirdPartyOf } from '@clarion/distributions';
import type { PlacedFeature, Suppression, WorkBudget } from '@clarion/model';
import { type EvaluatedAdvisory, evaluateAll, type EvaluateOptions } from '../evaluate/evaluate-advisories';
import { statedFix } from '../evaluate/match-version';
import type { PackageMatch } from '../lookup/all-matches';
import type { SilenceMeaning } from '../lookup/meaning-of-silence';
import type { PackageOwners } from '../lookup/owners-among';
import { clusterByFlaw, type FlawCluster } from './cluster-by-flaw';
import { type Decision, decideFlaw } from './decide-flaw';
import { workOfGroups } from './work-of-groups';

/** What the distribution decides about a flaw in a package of a language whose file one of its own packages owns. */
export type OwnerDecision =
  | { readonly kind: 'suppressed'; readonly suppression: Suppression }
  /** The flaw is reported; the note is about the owner. */
  | { readonly kind: 'kept'; readonly note: string };

/** What is known about the owners in an image. */
export interface OwnerFacts {
  readonly owners: PackageOwners;
  /** Advisories about owners, and perhaps about other packages: those about the requested flaws, or all. */
  readonly matches: readonly PackageMatch[];
  /** Packages that advisories of their distribution are about. */
  readonly known: ReadonlySet<PlacedFeature>;
  readonly scope: EvaluateOptions;
  readonly meaningOfSilence: (namespace: string) => SilenceMeaning;
  readonly budget: WorkBudget;
}

type Flaw = Pick<FlawCluster<EvaluatedAdvisory>, 'id' | 'aliases' | 'members'>;

/** Decides about a flaw of a package by the owner of its file; undefined where the owner has no say. */
export type OwnerRule = (owner: string, flaw: Flaw) => OwnerDecision | undefined;

/**
 * A distribution backports fixes without changing the upstream version, so for files of its own packages its advisories
 * decide, separately for each flaw (reference: matching §4.2). Its silence counts only if its feed is comprehensive and
 * the owner certainly is its own package; a package that someone else built is not compared with them. What the user's own data says of the language's package is not overridden.
 */
export function ownerRule(facts: OwnerFacts): OwnerRule {
  const flawsOf = flawsByOwner(facts);
  return (name, flaw) => {
    if (flaw.members.some(({ level, counts }) => level < 0 && counts)) return undefined;
    const decisions = (facts.owners.get(name) ?? []).map((owner) => decideByOwner(owner, flaw, { facts, flawsOf }));
    // The same package of several architectures: the file may be that of any.
    return decisions.find(({ kind }) => kind === 'kept') ?? decisions[0];
  };
}

/** A flaw that advisories about the owner decide. */
interface OwnerFlaw {
  readonly members: readonly EvaluatedAdvisory[];
  readonly decision: Decision;
}

type FlawsById = ReadonlyMap<string, readonly OwnerFlaw[]>;

/** Undefined when the budget is used up. */
type FlawsOfOwner = (owner: PlacedFeature) => FlawsById | undefined;

function flawsByOwner({ matches, scope, budget }: OwnerFacts): FlawsOfOwner {
  const matchOf = new Map(matches.map((match) => [match.feature, match]));
  const decided = new Map<PlacedFeature, FlawsById>();
  return (owner) => {
    const known = decided.get(owner);
    if (known !== undefined) return known;
    const match = matchOf.get(owner);
    if (match !== undefined && !budget.spend(workOfGroups(match.groups))) return undefined;
    const flaws: FlawsById = match === undefined ? new Map() : flawsById(match, scope);
    decided.set(owner, flaws);
    return flaws;
  };
}

function flawsById({ feature, groups }: PackageMatch, scope: EvaluateOptions): FlawsById {
  const flaws = new Map<string, OwnerFlaw[]>();
  const evaluated = evaluateAll(feature, groups, scope).filter((one) => one.scope.kind !== 'other');
  for (const { id, aliases, members } of clusterByFlaw(evaluated, ({ advisory }) => advisory)) {
    const flaw = { members, decision: decideFlaw(members) };
    // Only about other architectures, or out of reach: as good as silence.
    if (!members.some(({ counts }) => counts) && !isReported(flaw)) continue;
    for (const name of [id, ...aliases]) {
      const known = flaws.get(name);
      if (known === undefined) flaws.set(name, [flaw]);
      else known.push(flaw);
    }
  }
  return flaws;
}

/** Whether it is a certain finding of the owner. */
function isReported({ decision }: OwnerFlaw): boolean {
  return decision.kind === 'vulnerable' && decision.flaw.certainty === undefined;
}

interface OwnerContext {
  readonly facts: OwnerFacts;
  readonly flawsOf: FlawsOfOwner;
}

function decideByOwner(owner: PlacedFeature, flaw: Flaw, { facts, flawsOf }: OwnerContext): OwnerDecision {
  const publisher = thirdPartyOf(owner);
  if (publisher !== undefined) return kept(owner, `which is from ${publisher} and not the distribution`);
  if (owner.namespace === null) return kept(owner, 'distribution unknown');
  if (builderOf(owner) === 'other') return kept(owner, 'which may not be from the distribution');
  const flaws = flawsOf(owner);
  if (flaws === undefined) return kept(owner, 'not evaluated');
  const about = [flaw.id, ...flaw.aliases].flatMap((id) => flaws.get(id) ?? []);
  return decideByAdvisories(owner, about) ?? decideBySilence(owner, facts);
}

/** One flaw may have several CVEs at the distribution: an open one comes first. */
function decideByAdvisories(owner: PlacedFeature, about: readonly OwnerFlaw[]): OwnerDecision | undefined {
  const { name, version } = owner;
  const ofKind = (wanted: Decision['kind']): OwnerFlaw | undefined =>
    about.find(({ decision: { kind } }) => kind === wanted);
  if (about.some(isReported)) return suppressed(owner, `reported for ${name} ${version}`);
  if (ofKind('undetermined') !== undefined) return kept(owner, 'advisory not comparable');
  const cleared = ofKind('cleared');
  if (cleared !== undefined) return suppressed(owner, `${name} ${version} has the fix${fixesOf(cleared)}`);
  if (ofKind('suppressed') !== undefined) return suppressed(owner, `${name} is not affected`);
  if (ofKind('unaffected') !== undefined) return suppressed(owner, `${name} ${version} is not an affected version`);
  return undefined;
}

function decideBySilence(owner: PlacedFeature, { known, meaningOfSilence }: OwnerFacts): OwnerDecision {
  const { name, namespace } = owner;
  switch (meaningOfSilence(namespace ?? '')) {
    case 'no-data':
      return kept(owner, 'no data of its distribution');
    case 'unknown':
      return kept(owner, 'distribution silent');
    case 'not-affected':
      return known.has(owner) || builderOf(owner) === 'distribution'
        ? suppressed(owner, `not among the vulnerabilities that ${namespace ?? ''} lists for ${name}`)
        : kept(owner, 'which may not be from the distribution');
  }
}

function suppressed({ name, namespace }: PlacedFeature, reason: string): OwnerDecision {
  const suppression = { kind: 'distribution' as const, id: namespace ?? '', reason: `owned by ${name}: ${reason}` };
  return { kind: 'suppressed', suppression };
}

function kept({ name }: PlacedFeature, reason: string): OwnerDecision {
  return { kind: 'kept', note: `owned by ${name}, ${reason}` };
}

function fixesOf({ members }: OwnerFlaw): string {
  const fixes = members.flatMap(({ advisory, versionMatch }) =>
    versionMatch.kind === 'cleared' ? (statedFix(advisory, versionMatch) ?? []) : [],
  );
  return fixes.length === 0 ? '' : ` of ${[...new Set(fixes)].sort().join(', ')}`;
}
