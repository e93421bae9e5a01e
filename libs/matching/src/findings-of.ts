import type { EffectiveImage, Finding } from '@clarion/model';
import { decideAll, type DecideAllOptions } from './decide-all';
import { describeFindings } from './describe-findings';
import { scopedFacts } from './scoped-facts';
import type { MatchFacts } from './types';

/** What decides the findings of an image, or of some of its packages. */
export type MatchSubject = Pick<EffectiveImage, 'layers' | 'namespaces' | 'channels' | 'evidence' | 'features'>;

/**
 * The findings of a report on the same facts, without the rest of it: those of the given packages only, where not all
 * packages of an image are given. Opens no layer; only rejects when the store does.
 */
export async function findingsOf(
  subject: MatchSubject,
  stored: MatchFacts,
  options: DecideAllOptions,
): Promise<readonly Finding[]> {
  const facts = scopedFacts(stored, options.feeds);
  const { decisions } = await decideAll({ ...subject, image: noImage, problems: [] }, facts, options);
  return describeFindings(decisions, facts, options);
}

/** Findings depend on nothing of the image itself. */
const noImage: EffectiveImage['image'] = { reference: '', platform: { os: 'linux', architecture: '' }, layers: [] };
