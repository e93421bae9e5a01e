import type { Finding, PlacedProblem } from '@clarion/model';
import { decidedPieces, type MatchFacts, type MatchSubject, scopedFacts } from '@clarion/matching';
import type { FindingOptions } from '../report-options';
import { isCertain } from './counts';
import { describeFindings } from './describe-findings';
import { sortedInTurns } from './sort-findings';

/** Findings, and why there may be more. */
export interface FoundFindings {
  readonly findings: readonly Finding[];
  /** The work that one image may cost was used up: what is missing here is not known to be absent. */
  readonly exceeded?: PlacedProblem;
}

/**
 * The findings of a report on the same facts, without the rest of it and the instructions of layers: those of the given
 * packages only, where not all packages of an image are given. Opens no layer; only rejects when the store does.
 */
export async function findingsOf(
  subject: MatchSubject,
  stored: MatchFacts,
  options: FindingOptions,
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

/** `findingsOf` piece by piece, where not all are needed at once; the last piece says whether the limit was reached. */
export async function* findingPieces(
  subject: MatchSubject,
  stored: MatchFacts,
  options: FindingOptions,
): AsyncGenerator<FindingPiece> {
  const facts = scopedFacts(stored, options.feeds);
  for await (const { flaws, undetermined, exceeded } of decidedPieces(subject, facts, options)) {
    const findings = await describeFindings(flaws, facts, options);
    const isOpen = undetermined.some(({ noAdvisories }) => noAdvisories !== true);
    yield { findings, undetermined: isOpen, ...(exceeded && { exceeded }) };
    if (exceeded !== undefined) return;
  }
}

/**
 * Whether a report on the same facts would have a finding that is certain, as `findingsOf` finds them: it ends with the
 * first. Undefined where that cannot be decided, as the work that one image may cost was used up.
 */
export async function hasCertainFinding(
  subject: MatchSubject,
  stored: MatchFacts,
  options: FindingOptions,
): Promise<boolean | undefined> {
  const facts = scopedFacts(stored, options.feeds);
  for await (const { flaws, exceeded } of decidedPieces(subject, facts, { ...options, until: isCertain })) {
    if (flaws.some(({ flaw }) => isCertain(flaw))) return true;
    if (exceeded !== undefined) return undefined;
  }
  return false;
}
