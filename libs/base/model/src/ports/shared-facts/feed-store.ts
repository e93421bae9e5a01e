import type { FeedState } from '../../feed';
import type { FeedUpdate, FeedWriter } from './feed-writer';

/** The states of feeds, and updates of their data. */
export interface FeedStore {
  feedStates(): Promise<readonly FeedState[]>;
  /** Records a failed or unchanged attempt without touching facts. */
  putFeedState(state: FeedState): Promise<void>;
  /** One writer per feed at a time; a second one throws `invalid-input`. */
  writeFeed(feed: string): Promise<FeedWriter>;
  /**
   * Commits updates of several feeds: all at once where the store has transactions, else one feed after the other.
   * Afterwards every writer has ended, even after an error.
   */
  commitFeeds(updates: readonly FeedUpdate[]): Promise<void>;
}
