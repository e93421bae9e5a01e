import type { FeedState } from './feed';

/** One commit of a feed: from then on its facts were others. The first one is the horizon of what is known of it. */
export interface FeedRevision {
  readonly feed: string;
  /** Id of the update. The revisions of a feed are in the order of these ids, whatever clocks say. */
  readonly update: string;
  /** RFC 3339: when it was committed; not before the previous revision. Corrected if later ones show that the clock was ahead. */
  readonly at: string;
  /** Number of changes in the log; 0 for a first load, whose facts are all new. */
  readonly changes: number;
  /** Set for the first load, and for a load of everything whose changes were not recorded: nothing is known before. */
  readonly first?: true;
  /** Who made it, where that was a caller of an API: the name of a token, or issuer and subject of a JWT. */
  readonly by?: string;
  /** The state of the feed after it, without what only the next update needs (`revisionState`). */
  readonly state: FeedState;
  /** RFC 3339: the last success of the feed before it, while the revision before it was current; absent for the first. */
  readonly previousSuccess?: string;
}

/** The part of a feed's state that reports are made from. */
export function revisionState(state: FeedState): FeedState {
  const { cursor: _cursor, peak: _peak, problemSamples: _samples, countsPending: _pending, ...kept } = state;
  const documents = Object.entries(state.documents).map(([name, { validators, ...document }]) => {
    const { contentDigest } = validators;
    return [name, { ...document, validators: contentDigest === undefined ? {} : { contentDigest } }] as const;
  });
  return { ...kept, documents: Object.fromEntries(documents), problemSamples: [] };
}
