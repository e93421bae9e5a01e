import { ecosystemOf, type PartialNames } from '@clarion/ecosystems';
import { evidencePath, type PlacedFeature, type UndeterminedPackage } from '@clarion/model';
import type { MatchFacts } from '../match-options';

/** A package of whose name only a part is known. */
interface Incomplete {
  readonly feature: PlacedFeature;
  readonly namespace: string;
  readonly names: PartialNames;
  readonly reason: string;
}

type Facts = Pick<MatchFacts, 'advisories' | 'packageNames'>;

/**
 * Packages whose name is not known completely (a jar without a group), and that no advisory names as they are. The
 * reason lists the packages with advisories that they may be. Where there are none nothing is missed, unless the part
 * that is known may be another name. Files of the distribution's packages are left to the distribution.
 */
export async function incompleteNames(
  features: readonly PlacedFeature[],
  isNamed: (feature: PlacedFeature) => boolean,
  facts: Facts,
): Promise<readonly UndeterminedPackage[]> {
  const incomplete = features.flatMap((feature) => (isNamed(feature) ? [] : incompleteOf(feature)));
  const candidates = await candidatesOf(incomplete, facts);
  return incomplete.map(({ feature, namespace, names, reason }) => {
    const { name, version } = feature;
    const found = candidates.get(keyOf(namespace, name)) ?? [];
    const one = { package: name, version, namespace, vulnerability: null };
    if (found.length > 0) return { ...one, reason: `${reason}: may be ${listed(found)}` };
    return names.mayBeOther(name, evidencePath(feature))
      ? { ...one, reason: `${reason}, and the package may have another name` }
      : { ...one, reason, noAdvisories: true };
  });
}

function incompleteOf(feature: PlacedFeature): readonly Incomplete[] {
  const { type, name, namespace, owner } = feature;
  const names = ecosystemOf(type)?.partialNames;
  const reason = names?.lacks(name);
  if (names === undefined || reason === undefined || owner !== undefined || namespace === null) return [];
  return [{ feature, namespace, names, reason }];
}

/** The packages with advisories of the run's feeds that each name may be a part of, sorted. */
async function candidatesOf(
  incomplete: readonly Incomplete[],
  facts: Facts,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const partsByNamespace = new Map<string, { readonly names: PartialNames; readonly parts: Set<string> }>();
  for (const { feature, namespace, names } of incomplete) {
    const known = partsByNamespace.get(namespace) ?? { names, parts: new Set<string>() };
    partsByNamespace.set(namespace, known);
    known.parts.add(feature.name);
  }
  const requested: (readonly [string, string])[] = [];
  for (const [namespace, { names, parts }] of partsByNamespace) {
    for (const name of await facts.packageNames(namespace)) {
      if (names.partsOf(name).some((part) => parts.has(part))) requested.push([namespace, name]);
    }
  }
  const candidates = new Map<string, string[]>();
  for (const { namespace, package: name, advisories } of requested.length === 0
    ? []
    : await facts.advisories(requested)) {
    if (advisories.length === 0) continue;
    for (const part of partsByNamespace.get(namespace)?.names.partsOf(name) ?? []) {
      const key = keyOf(namespace, part);
      const known = candidates.get(key);
      if (known === undefined) candidates.set(key, [name]);
      else if (known.at(-1) !== name) known.push(name);
    }
  }
  return candidates;
}

function keyOf(namespace: string, part: string): string {
  return `${namespace}\0${part}`;
}

const mostListed = 5;

function listed(names: readonly string[]): string {
  const rest = names.length - mostListed;
  return `${names.slice(0, mostListed).join(', ')}${rest > 0 ? ` or ${rest} more` : ''}`;
}
