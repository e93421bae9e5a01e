import type { FeedState } from '@clarion/model';

/** Failures of updates that could not be written to the store, for example on a full disk. They are kept in memory. */
export interface UnwrittenFailures {
  note(feed: string, message: string): void;
  /** An update of the feed has been written. */
  forget(feed: string): void;
  /** The stored states, with these failures. */
  joined(states: readonly FeedState[]): readonly FeedState[];
}

type FailureFields = Required<Pick<FeedState, 'lastAttempt' | 'lastError' | 'failingSince'>>;

export function createUnwrittenFailures(now: () => Date): UnwrittenFailures {
  const failures = new Map<string, FailureFields>();
  return {
    note(feed, lastError) {
      const lastAttempt = now().toISOString();
      failures.set(feed, { lastAttempt, lastError, failingSince: failures.get(feed)?.failingSince ?? lastAttempt });
    },
    forget(feed) {
      failures.delete(feed);
    },
    joined(states) {
      const unknown = [...failures.keys()].filter((feed) => !states.some((state) => state.feed === feed));
      return [...states, ...unknown.map(neverTried)].map((state) => {
        const failure = failures.get(state.feed);
        return failure === undefined ? state : { ...state, ...failure, ...since(state.failingSince) };
      });
    },
  };
}

function since(failingSince: string | undefined): Pick<FeedState, 'failingSince'> {
  return failingSince === undefined ? {} : { failingSince };
}

function neverTried(feed: string): FeedState {
  return { feed, parserVersion: 0, documents: {}, groups: 0, statements: 0, problems: 0, problemSamples: [] };
}
