import type { Advisory, EffectiveImage, Finding } from '@clarion/model';
import { decideAll } from './decide-all';
import { findingOf } from './finding';
import { knowledgeOf } from './knowledge';
import { sortedFindings } from './order';
import { scopedFacts } from './scoped-facts';
import type { MatchFacts, MatchOptions } from './types';

/** What decides the findings of an image, or of some of its packages. */
export type MatchSubject = Pick<EffectiveImage, 'layers' | 'namespaces' | 'channels' | 'evidence' | 'features'>;

export interface FindingsOptions extends MatchOptions {
  /** Only flaws that any statement names by one of these ids, as its own or as an alias; all flaws when absent. */
  readonly about?: ReadonlySet<string>;
}

/**
 * The findings of a report on the same facts, without the rest of it: those of the given packages only, where not all
 * packages of an image are given. Opens no layer; only rejects when the store does.
 */
export async function findingsOf(
  subject: MatchSubject,
  stored: MatchFacts,
  options: FindingsOptions,
): Promise<readonly Finding[]> {
  const { about } = options;
  const facts = scopedFacts(stored, options.feeds);
  const { decisions } = await decideAll({ ...subject, image: noImage, problems: [] }, facts, options);
  const wanted = decisions.filter(
    ({ decision }) => about === undefined || decision.cluster.members.some(({ advisory }) => names(advisory, about)),
  );
  const flaws = wanted.map(({ decision }) => decision.cluster);
  const knowledge = await knowledgeOf(flaws, facts, options);
  return sortedFindings(wanted.map((of) => findingOf(of, knowledge)));
}

/** Findings depend on nothing of the image itself. */
const noImage: EffectiveImage['image'] = { reference: '', platform: { os: 'linux', architecture: '' }, layers: [] };

function names({ id, aliases }: Advisory, ids: ReadonlySet<string>): boolean {
  return ids.has(id) || aliases?.some((alias) => ids.has(alias)) === true;
}
