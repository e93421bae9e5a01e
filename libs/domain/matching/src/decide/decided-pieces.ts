import { createTurns } from '@clarion/deadlines';
import type { EffectiveImage } from '@clarion/model';
import type { MatchFacts } from '../match-options';
import { knowsRepositories } from '../scope/image-scope';
import { type DecidedImage, decideAll, type DecideAllOptions, matchingBudget } from './decide-all';

/** What decides the findings of an image, or of some of its packages. */
export type MatchSubject = Pick<EffectiveImage, 'layers' | 'namespaces' | 'channels' | 'evidence' | 'features'>;

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
  const { features } = subject;
  const { budget = matchingBudget(options), repositoriesKnown = knowsRepositories(subject) } = options;
  const turns = createTurns();
  for (let start = 0; start < features.length; start += packagesOfPiece) {
    if (turns.isOver()) await turns.next();
    const piece = features.slice(start, start + packagesOfPiece);
    const image = { ...subject, features: piece, image: noImage, problems: [] };
    yield await decideAll(image, facts, { ...options, budget, repositoriesKnown });
  }
}

/** Findings depend on nothing of the image itself. */
export const noImage: EffectiveImage['image'] = {
  reference: '',
  platform: { os: 'linux', architecture: '' },
  layers: [],
};
