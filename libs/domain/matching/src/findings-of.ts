import type { EffectiveImage, Finding, PlacedProblem } from '@clarion/model';
import { isCertain } from './match-image';
import { decideAll, type DecideAllOptions } from './decide-all';
import { describeFindings } from './describe-findings';
import { sortedFindings } from './order';
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
  const { undetermined: _, ...found } = await findingsInAnyOrder(subject, stored, options);
  return { ...found, findings: sortedFindings(found.findings) };
}

export interface UnorderedFindings extends FoundFindings {
  readonly undetermined?: true;
}

/** `findingsOf` without an order, and whether anything could not be compared. */
export async function findingsInAnyOrder(
  subject: MatchSubject,
  stored: MatchFacts,
  options: DecideAllOptions,
): Promise<UnorderedFindings> {
  const facts = scopedFacts(stored, options.feeds);
  const { decisions, exceeded, ...decided } = await decideAll(
    { ...subject, image: noImage, problems: [] },
    facts,
    options,
  );
  const findings = await describeFindings(decisions, facts, options);
  const isOpen = decided.undetermined.length > 0;
  return { findings, ...(isOpen && { undetermined: true }), ...(exceeded && { exceeded }) };
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
  const image = { ...subject, image: noImage, problems: [] };
  const { decisions, exceeded } = await decideAll(image, facts, { ...options, until: isCertain });
  if (decisions.some(({ decision }) => isCertain(decision))) return true;
  return exceeded === undefined ? false : undefined;
}

/** Findings depend on nothing of the image itself. */
const noImage: EffectiveImage['image'] = { reference: '', platform: { os: 'linux', architecture: '' }, layers: [] };
