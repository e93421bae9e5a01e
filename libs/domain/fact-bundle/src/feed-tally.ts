import { ClarionError, type AdvisoryGroup, type FeedState } from '@clarion/model';
import type { FeedNumbers } from './bundle-record';

/** The imported facts of one feed, each counted once. */
export interface FeedTally {
  readonly groups: Set<string>;
  readonly texts: Set<string>;
  readonly repositories: Set<string>;
  /** Groups per document. */
  readonly documents: Map<string, number>;
  advisories: number;
}

/** An empty tally. */
export function emptyTally(): FeedTally {
  return { groups: new Set(), texts: new Set(), repositories: new Set(), documents: new Map(), advisories: 0 };
}

/** Counts a fact. Throws `corrupt-data` for a duplicate, which would make the counts meaningless. */
export function addOnce(seen: Set<string>, key: string, feed: string): void {
  if (seen.has(key))
    throw new ClarionError('corrupt-data', `The bundle holds a fact of ${feed} twice: ${key.slice(0, 120)}`);
  seen.add(key);
}

/** Counts a group and its advisories. */
export function addGroup(tally: FeedTally, key: string, { feed, document, advisories }: AdvisoryGroup): void {
  addOnce(tally.groups, key, feed);
  tally.documents.set(document, (tally.documents.get(document) ?? 0) + 1);
  tally.advisories += advisories.length;
}

/**
 * Describes the first count that differs from the state of the feed or from the bundle's own numbers; undefined when
 * all agree.
 */
export function differenceFrom(
  state: FeedState,
  numbers: FeedNumbers | undefined,
  tally: FeedTally,
): string | undefined {
  const rows: (readonly [what: string, came: number, stated: number])[] = [
    ['packages', tally.groups.size, state.groups],
    ['advisories', tally.advisories, state.statements],
    ['descriptions and scores', tally.texts.size, numbers?.texts ?? tally.texts.size],
    ['repositories', tally.repositories.size, numbers?.repositories ?? tally.repositories.size],
  ];
  for (const name of new Set([...Object.keys(state.documents), ...tally.documents.keys()])) {
    const stated = Object.hasOwn(state.documents, name) ? (state.documents[name]?.groups ?? 0) : 0;
    rows.push([`packages of document ${name}`, tally.documents.get(name) ?? 0, stated]);
  }
  const other = rows.find(([, came, stated]) => came !== stated);
  if (other !== undefined) return `${other[1]} ${other[0]}, and ${other[2]} by its own account`;
  return undefined;
}

/** Whether nothing was imported. */
export function isEmpty({ groups, texts, repositories }: FeedTally): boolean {
  return groups.size + texts.size + repositories.size === 0;
}
