import {
  type ComparedMember,
  compareSeverity,
  compareText,
  type Digest,
  type Finding,
  type FindingChange,
  findingChanges,
  isCveId,
  type PlacedFeature,
} from '@clarion/model';
import { changedMembers } from './compared-finding';

/** One of two images, or of two times of one image. */
export interface ComparedSide {
  readonly digest: Digest;
  readonly findings: readonly Finding[];
  readonly features: readonly PlacedFeature[];
  /** Layers of its base image (`baseLayers`). */
  readonly base: ReadonlySet<Digest>;
}

/**
 * Why a finding is not the same in both: the package is another one (`package`), what is known of it (`data`), or what
 * was found in the same image (`detector`).
 */
export type DifferenceCause = 'package' | 'data' | 'detector';

/** A finding of either side. */
export interface FindingPair {
  readonly change: FindingChange;
  /** Null for one that is the same in both. */
  readonly cause: DifferenceCause | null;
  /** Whether a layer of the base image brings the package. */
  readonly place: 'base' | 'application';
  /** In what it differs, where it is in both; empty otherwise. */
  readonly changed: readonly ComparedMember[];
  /** As in the second; as in the first where it is gone. */
  readonly finding: Finding;
  /** As in the first, where it is in both. */
  readonly before: Finding | null;
}

/**
 * The findings of both sides: added ones first, then changed ones, gone ones, and those that are the same; by severity
 * and id. A flaw of a package is the same if name and type of the package are, at the same path if there are several of
 * them.
 */
export function compareFindings(a: ComparedSide, b: ComparedSide): readonly FindingPair[] {
  const idOf = sameIds([...a.findings, ...b.findings]);
  const before = new Map<string, Finding[]>();
  for (const finding of a.findings) append(before, keyOf(finding, idOf), finding);
  const compared: FindingPair[] = [];
  const isSameImage = a.digest === b.digest;
  const inBoth = (finding: Finding, was: Finding): void => {
    const changed = changedMembers(was, finding);
    const change = changed.length === 0 ? 'unchanged' : 'changed';
    const cause = changed.length === 0 ? null : causeOf(changed, isSameImage);
    compared.push({ change, cause, place: placeOf(finding, b), changed, finding, before: was });
  };
  const unmatched: Finding[] = [];
  for (const finding of b.findings) {
    const was = take(before.get(keyOf(finding, idOf)), (one) => isSamePlace(one, finding));
    if (was === undefined) unmatched.push(finding);
    else inBoth(finding, was);
  }
  const installed = [packagesOf(a), packagesOf(b)] as const;
  for (const finding of unmatched) {
    const was = take(before.get(keyOf(finding, idOf)), () => true);
    if (was === undefined) {
      compared.push({ ...difference(finding, { of: b, other: a, installed: installed[0] }), change: 'added' });
    } else inBoth(finding, was);
  }
  for (const finding of [...before.values()].flat()) {
    compared.push({ ...difference(finding, { of: a, other: b, installed: installed[1] }), change: 'gone' });
  }
  return compared.sort(byChange);
}

function causeOf(changed: readonly ComparedMember[], isSameImage: boolean): DifferenceCause {
  if (!changed.includes('package')) return 'data';
  return isSameImage ? 'detector' : 'package';
}

function byChange(a: FindingPair, b: FindingPair): number {
  return (
    findingChanges.indexOf(a.change) - findingChanges.indexOf(b.change) ||
    compareSeverity(a.finding.severity, b.finding.severity) ||
    compareText(a.finding.id, b.finding.id) ||
    compareText(a.finding.package.name, b.finding.package.name) ||
    compareText(a.finding.package.version, b.finding.package.version) ||
    compareText(a.finding.package.path, b.finding.package.path)
  );
}

interface Difference {
  readonly of: ComparedSide;
  readonly other: ComparedSide;
  /** The packages of the other side. */
  readonly installed: ReadonlySet<string>;
}

function difference(finding: Finding, { of, other, installed }: Difference): Omit<FindingPair, 'change'> {
  const isInOther = installed.has(packageOf(finding.package));
  const cause = isInOther ? 'data' : of.digest === other.digest ? 'detector' : 'package';
  return { cause, place: placeOf(finding, of), changed: [], finding, before: null };
}

function packagesOf({ features }: ComparedSide): ReadonlySet<string> {
  return new Set(features.map(packageOf));
}

function packageOf(
  of: Pick<PlacedFeature, 'type' | 'namespace' | 'name' | 'version'> & { readonly architecture?: string | null },
): string {
  return JSON.stringify([of.type, of.namespace, of.name, of.version, of.architecture ?? null]);
}

function placeOf({ package: { layer } }: Finding, { base }: ComparedSide): FindingPair['place'] {
  return base.has(layer) ? 'base' : 'application';
}

function keyOf(finding: Finding, idOf: (finding: Finding) => string): string {
  return JSON.stringify([finding.package.type, finding.package.name, idOf(finding)]);
}

function isSamePlace(a: Finding, b: Finding): boolean {
  return a.package.path === b.package.path && a.package.architecture === b.package.architecture;
}

/** The same id for findings of one package name that any alias connects: aliases are not the same at two times. */
function sameIds(findings: readonly Finding[]): (finding: Finding) => string {
  const known = new Map<string, string>();
  const namesOf = ({ id, aliases, package: { type, name } }: Finding): readonly string[] =>
    [id, ...aliases.filter((alias) => !isCveId(alias))].map((one) => JSON.stringify([type, name, one]));
  for (const finding of findings) {
    const names = namesOf(finding);
    const id = isCveId(finding.id)
      ? finding.id
      : (names.map((name) => known.get(name)).find((one) => one !== undefined) ?? finding.id);
    for (const name of names) if (!known.has(name) || isCveId(id)) known.set(name, id);
  }
  return (finding) => known.get(namesOf(finding)[0] ?? '') ?? finding.id;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function take<T>(list: T[] | undefined, is: (item: T) => boolean): T | undefined {
  const index = list?.findIndex(is) ?? -1;
  return index < 0 ? undefined : list?.splice(index, 1)[0];
}

/** The layers up to the one that brings the distribution, or those that an image shares with its given base image. */
export function baseLayers(
  {
    layers,
    namespaces,
  }: { readonly layers: readonly Digest[]; readonly namespaces: readonly { readonly layer: Digest }[] },
  base?: readonly Digest[],
): ReadonlySet<Digest> {
  if (base !== undefined) {
    const shared = layers.findIndex((layer, index) => layer !== base[index]);
    return new Set(shared < 0 ? layers : layers.slice(0, shared));
  }
  const last = Math.max(-1, ...namespaces.map(({ layer }) => layers.indexOf(layer)));
  return new Set(layers.slice(0, last + 1));
}
