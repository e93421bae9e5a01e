import { longestVersion } from '@clarion/version-schemes';
import type { PlacedFeature } from '@clarion/model';
import type { EvaluateOptions } from '../evaluate/evaluate-advisories';
import type { MatchedGroup } from '../lookup/look-up';
import { scopeTraits } from '../scope/scope-checks';
import { decidePackage, type DecidedPackage } from './decide-package';

/**
 * Decisions of earlier runs. They are found by the very groups of advisories that they were made from, as objects: where
 * facts stay in memory over an update of a feed, only packages with other advisories are decided again. May forget any.
 */
export interface DecisionCache {
  get(key: string): DecidedPackage | undefined;
  /** `size` is about what it takes, in flaws. */
  set(key: string, decided: DecidedPackage, size: number): void;
}

/** `decidePackage` for the packages of an image, with decisions of earlier runs where there is a cache. */
export function rememberedDecisions(
  scope: EvaluateOptions,
  cache: DecisionCache | undefined,
): (feature: PlacedFeature, matched: readonly MatchedGroup[]) => DecidedPackage {
  if (cache === undefined) return (feature, matched) => decidePackage(feature, matched, scope);
  const ofImage = imageTraits(scope);
  return (feature, matched) => {
    const key = `${ofImage} ${packageTraits(feature, matched, scope)} ${groupTraits(matched)}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const decided = decidePackage(feature, matched, scope);
    cache.set(key, decided, 1 + decided.flaws.length + decided.suppressed.length);
    return decided;
  };
}

/** Everything that decisions depend on of an image, but for its products (`scopeTraits`), as one text. */
function imageTraits({ image, precedence }: EvaluateOptions): string {
  const { services, products, repositories, repositoriesKnown, supportChannels } = image;
  const lists = [services, products, repositories].map((names) => [...names]);
  return JSON.stringify([lists, repositoriesKnown, supportChannels, precedence]);
}

/** The same of a package: what it is called does not matter where all advisories are about its source. */
function packageTraits(feature: PlacedFeature, matched: readonly MatchedGroup[], { image }: EvaluateOptions): string {
  const { type, namespace, name, version, linkedFunctions } = feature;
  const isBinary = matched.some(({ matchedBy }) => matchedBy === 'binary');
  const own = [type, namespace, isBinary ? [name, version] : null, linkedFunctions === undefined ? 0 : idOf(feature)];
  return JSON.stringify(own) + scopeTraits(feature, image.productsOf(feature));
}

function groupTraits(matched: readonly MatchedGroup[]): string {
  return JSON.stringify(
    matched.map(({ group, version, matchedBy, sameName, secondary, note }) => {
      return [idOf(group), version.length > longestVersion ? null : version, matchedBy, sameName, secondary, note];
    }),
  );
}

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A number that no other object has. */
function idOf(object: object): number {
  const id = ids.get(object) ?? (lastId += 1);
  ids.set(object, id);
  return id;
}
