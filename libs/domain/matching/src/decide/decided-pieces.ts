import { createTurns } from '@clarion/deadlines';
import type { EffectiveImage, PlacedFeature } from '@clarion/model';
import { ownersAmong, type PackageOwners } from '../lookup/owners-among';
import type { MatchFacts } from '../match-options';
import { knowsRepositories } from '../scope/image-scope';
import { type DecidedImage, decideAll, type DecideAllOptions, matchingBudget } from './decide-all';

/** What decides the findings of an image, or of some of its packages. */
export interface MatchSubject extends Pick<
  EffectiveImage,
  'layers' | 'namespaces' | 'channels' | 'evidence' | 'features'
> {
  /** Owners (`PlacedFeature.owner`) of these packages that are not among them. */
  readonly owners?: readonly PlacedFeature[];
}

/** Packages that are decided at once. */
const packagesOfPiece = 1000;

/**
 * Each package is decided separately: the facts for all 100,000 packages of an image are never in memory together, and
 * a server works in small steps.
 */
export async function* decidedPieces(
  subject: MatchSubject,
  facts: MatchFacts,
  options: DecideAllOptions,
): AsyncGenerator<DecidedImage> {
  const { features, owners: others = [] } = subject;
  const all = ownersAmong(features, others.length === 0 ? features : [...features, ...others]);
  const { budget = matchingBudget(options), repositoriesKnown = knowsRepositories(subject) } = options;
  const turns = createTurns();
  for (let start = 0; start < features.length; start += packagesOfPiece) {
    if (turns.isOver()) await turns.next();
    const piece = features.slice(start, start + packagesOfPiece);
    const image = { ...subject, features: piece, image: noImage, problems: [] };
    const owners = ownersBeside(piece, all);
    yield await decideAll(image, facts, { ...options, budget, repositoriesKnown, owners });
  }
}

/** The owners of packages of a piece that are not in it. */
function ownersBeside(piece: readonly PlacedFeature[], all: PackageOwners): readonly PlacedFeature[] {
  if (all.size === 0) return [];
  const inPiece = new Set(piece);
  const names = new Set(piece.flatMap(({ owner }) => owner ?? []));
  return [...names].flatMap((name) => all.get(name) ?? []).filter((owner) => !inPiece.has(owner));
}

/** Findings depend on nothing of the image itself. */
export const noImage: EffectiveImage['image'] = {
  reference: '',
  platform: { os: 'linux', architecture: '' },
  layers: [],
};
