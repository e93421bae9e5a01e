import { createTurns } from '@clarion/deadlines';
import type { EffectiveImage, Finding, PlacedProblem } from '@clarion/model';
import { isCertain } from './match-image';
import { type AllDecisions, decideAll, type DecideAllOptions, matchingBudget } from './decide-all';
import { describeFindings } from './describe-findings';
import { knowsOrigins } from './image-scope';
import { sortedInTurns } from './order';
import { scopedFacts } from './scoped-facts';
import type { MatchFacts } from './types';

/** What decides the findings of an image, or of some of its packages. */
export type MatchSubject = Pick<EffectiveImage, 'layers' | 'namespaces' | 'channels' | 'evidence' | 'features'>;

/** Findings, and why there may be more. */
export interface FoundFindings {
  readonly findings: readonly Finding[];
  /** The work that one image may cost was used up: what is missing here is not known to be absent. */
  readonly exceeded?: PlacedProblem;
}

/**
 * The findings of a report on the same facts, without the rest of it: those of the given packages only, where not all
 * packages of an image are given. Opens no layer; only rejects when the store does.
 */
export async function findingsOf(
  subject: MatchSubject,
  stored: MatchFacts,
  options: DecideAllOptions,
): Promise<FoundFindings> {
  const findings: Finding[] = [];
  let exceeded: PlacedProblem | undefined;
  for await (const piece of findingPieces(subject, stored, options)) {
    for (const finding of piece.findings) findings.push(finding);
    exceeded = piece.exceeded;
  }
  return { findings: await sortedInTurns(findings), ...(exceeded && { exceeded }) };
}

/** The findings of some packages of a subject, in any order. */
export interface FindingPiece extends FoundFindings {
  /** Whether anything could not be compared. */
  readonly undetermined: boolean;
}

/** `findingsOf` a piece after the other, for who need not hold all of them; the last one tells whether the limit was met. */
export async function* findingPieces(
  subject: MatchSubject,
  stored: MatchFacts,
  options: DecideAllOptions,
): AsyncGenerator<FindingPiece> {
  const facts = scopedFacts(stored, options.feeds);
  for await (const { decisions, undetermined, exceeded } of decidedPieces(subject, facts, options)) {
    const findings = await describeFindings(decisions, facts, options);
    yield { findings, undetermined: undetermined.length > 0, ...(exceeded && { exceeded }) };
    if (exceeded !== undefined) return;
  }
}

/**
 * Whether a report on the same facts would have a finding that is certain, as `findingsOf` finds them: it ends with the
 * first. Undefined where that cannot be told, as the work that one image may cost was used up.
 */
export async function hasCertainFinding(
  subject: MatchSubject,
  stored: MatchFacts,
  options: DecideAllOptions,
): Promise<boolean | undefined> {
  const facts = scopedFacts(stored, options.feeds);
  for await (const { decisions, exceeded } of decidedPieces(subject, facts, { ...options, until: isCertain })) {
    if (decisions.some(({ decision }) => isCertain(decision))) return true;
    if (exceeded !== undefined) return undefined;
  }
  return false;
}

/** Packages that are decided at once. */
const packagesOfPiece = 1000;

/**
 * Packages are decided each by itself, so an image of 100,000 is not in memory together with all that is looked up for it, and
 * a server does a little at a time.
 */
async function* decidedPieces(
  subject: MatchSubject,
  facts: MatchFacts,
  options: DecideAllOptions,
): AsyncGenerator<AllDecisions> {
  const { features } = subject;
  const { budget = matchingBudget(options), originsKnown = knowsOrigins(subject) } = options;
  const turns = createTurns();
  for (let start = 0; start < features.length; start += packagesOfPiece) {
    if (turns.isOver()) await turns.next();
    const piece = features.slice(start, start + packagesOfPiece);
    const image = { ...subject, features: piece, image: noImage, problems: [] };
    yield await decideAll(image, facts, { ...options, budget, originsKnown });
  }
}

/** Findings depend on nothing of the image itself. */
const noImage: EffectiveImage['image'] = { reference: '', platform: { os: 'linux', architecture: '' }, layers: [] };
