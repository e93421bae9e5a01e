import { distributionOf, type ProductRules, releaseOf } from '@clarion/distributions';
import { type Digest, type EffectiveImage, type PlacedFeature, type RepositoryProducts } from '@clarion/model';
import { covers, type Cpe, parseCpe } from './cpe';
import type { MatchFacts } from '../../match-options';

/** The minor release that a support channel keeps a package on. */
export interface FrozenRelease {
  readonly major: number;
  readonly minor: number;
}

/** The products that a package belongs to (reference: matching §3.4). Of distributions that have any. */
export interface PackageProducts {
  /** Equal for packages of equal products. */
  readonly key: string;
  /** Why they are less than certain. */
  readonly note?: string;
  readonly frozen?: FrozenRelease;
  /** Whether an advisory about any of the products applies to the package. */
  coveredBy(cpes: readonly string[]): boolean;
}

interface ProductFacts {
  readonly cpes: readonly Cpe[];
  /** They follow from the release alone: then advisories about a part of it apply as well. */
  readonly fallback: boolean;
  readonly note?: string;
  readonly frozen?: FrozenRelease;
}

function productsOf(facts: ProductFacts): PackageProducts {
  const { cpes, fallback, note, frozen } = facts;
  const answers = new Map<string, boolean>();
  const isCovered = (text: string): boolean => {
    const said = parseCpe(text);
    return said !== undefined && cpes.some((own) => covers(said, own) || (fallback && covers(own, said)));
  };
  return {
    key: JSON.stringify([cpes, fallback, note, frozen]),
    ...(note === undefined ? {} : { note }),
    ...(frozen === undefined ? {} : { frozen }),
    coveredBy: (texts) =>
      texts.some((text) => {
        const answer = answers.get(text) ?? isCovered(text);
        answers.set(text, answer);
        return answer;
      }),
  };
}

/** The products of each package of an image; undefined where products have no meaning. */
export type ProductFinder = (feature: PlacedFeature) => PackageProducts | undefined;

/** Reads what is known about the image's repositories, in one request, and prepares the answers. */
export async function productFinder(image: EffectiveImage, facts: MatchFacts): Promise<ProductFinder> {
  const namespace = image.namespaces.find(({ id }) => distributionOf(id)?.products !== undefined);
  const rules = namespace === undefined ? undefined : distributionOf(namespace.id)?.products;
  if (namespace === undefined || rules === undefined) return () => undefined;
  const fallback = productsOf(assumedProducts(rules, releaseOf(namespace.id)));
  if (rules.byRepository !== true) return () => fallback;
  const contentSets = contentSetsByLayer(image);
  const names = new Set([...contentSets.values()].flat());
  for (const { repository } of image.features) if (repository !== undefined) names.add(repository);
  const known = namesToCpes(names.size === 0 ? [] : await facts.repositories([...names].sort()));
  const fromNames = remembered((key: string) =>
    fromRepositories(key.split('\0'), { known, rules, release: namespace.versionText }),
  );
  return ({ repository, layer }) => {
    const own = repository === undefined ? undefined : fromNames(repository);
    return own ?? fromNames((contentSets.get(layer) ?? []).join('\0')) ?? fallback;
  };
}

function remembered<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key) as T;
  };
}

/** What is assumed without evidence. */
function assumedProducts(rules: ProductRules, release: string): ProductFacts {
  return {
    cpes: rules.assumed(release).map((text) => baseCpe(rules, text)),
    fallback: true,
    ...(rules.note === undefined ? {} : { note: rules.note(release) }),
  };
}

function baseCpe({ vendor, base: product }: ProductRules, release: string): Cpe {
  const [version = '', update = '', edition = ''] = release.split(':');
  return { vendor, product, version, update, edition };
}

/**
 * Content sets of each layer. A manifest is in the top layer of the build it describes: layers below without a manifest
 * belong to it, down to the next manifest; layers above the last one were built on it.
 */
function contentSetsByLayer({ layers, evidence }: EffectiveImage): ReadonlyMap<Digest, readonly string[]> {
  const stated = new Map<Digest, string[]>();
  for (const { kind, value, layer } of evidence) {
    if (kind !== 'content-set') continue;
    const sets = stated.get(layer);
    if (sets === undefined) stated.set(layer, [value]);
    else sets.push(value);
  }
  const all = new Map<Digest, readonly string[]>();
  let current: readonly string[] | undefined;
  for (const layer of layers.toReversed()) {
    current = stated.get(layer) ?? current;
    if (current !== undefined) all.set(layer, current);
  }
  for (const layer of layers) {
    current = stated.get(layer) ?? current;
    if (current !== undefined && !all.has(layer)) all.set(layer, current);
  }
  return all;
}

function namesToCpes(repositories: readonly RepositoryProducts[]): ReadonlyMap<string, readonly string[]> {
  const cpes = new Map<string, readonly string[]>();
  for (const { repository, cpes: more } of repositories) {
    cpes.set(repository, [...(cpes.get(repository) ?? []), ...more]);
  }
  return cpes;
}

/** What the repositories of an image mean: their products, by name, and the minor release of the image. */
interface RepositoryFacts {
  readonly known: ReadonlyMap<string, readonly string[]>;
  readonly rules: ProductRules;
  readonly release: string | undefined;
}

/** Undefined when no repository is known: other evidence has to say it. */
function fromRepositories(
  names: readonly string[],
  { known, rules, release }: RepositoryFacts,
): PackageProducts | undefined {
  const texts = [...new Set(names.flatMap((name) => known.get(name) ?? []))].sort();
  const stated = texts.flatMap((text) => parseCpe(text) ?? []);
  if (stated.length === 0) return undefined;
  const isChannel = ({ vendor, product }: Cpe): boolean => vendor === rules.vendor && rules.channels.includes(product);
  const channels = narrowed(stated.filter(isChannel), release);
  const others = stated.filter((cpe) => !isChannel(cpe));
  const frozen = others.some(({ product }) => product === rules.base) ? undefined : frozenBy(channels, release);
  const cpes = [...others, ...channels, ...channels.map((channel) => disclosing(channel, rules))];
  return productsOf({ cpes, fallback: false, ...(frozen === undefined ? {} : { frozen }) });
}

/** A repository of a channel serves several minor releases; the image is on one of them. */
function narrowed(channels: readonly Cpe[], release: string | undefined): readonly Cpe[] {
  const ofRelease = channels.filter(({ version }) => version === release);
  return ofRelease.length > 0 ? ofRelease : channels;
}

/** Flaws are reported for the base product, fixes for it and for the channel. */
function disclosing(channel: Cpe, { base }: ProductRules): Cpe {
  return { ...channel, product: base, version: channel.version.split('.', 1)[0] ?? '' };
}

/** Minor releases have separate ends of support since RHEL 8. */
function frozenBy(channels: readonly Cpe[], release: string | undefined): FrozenRelease | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})$/.exec(release ?? '');
  if (match === null || !channels.some(({ version }) => version === release)) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major >= 8 ? { major, minor } : undefined;
}

/**
 * Whether a fixed version is available on a frozen release: that of a later minor release (`.el8_10` on 8.6) is not.
 * A version that does not show its minor release is.
 */
export function isReachable(fixedIn: string, { major, minor }: FrozenRelease): boolean {
  const match = /\.el(\d{1,3})_(\d{1,3})(?:[._+]|$)/.exec(fixedIn);
  return match === null || Number(match[1]) !== major || Number(match[2]) <= minor;
}
