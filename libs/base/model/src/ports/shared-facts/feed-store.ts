import type { FeedState } from '../../feed';
import type { FeedUpdate, FeedWriter } from './feed-writer';

/** The states of feeds, and updates of their data. */
export interface FeedStore {
  feedStates(): Promise<readonly FeedState[]>;
  /**
   * Records a failed or unchanged attempt without touching facts. With `basis`, the update of the newest revision of the
   * feed that the state is about (null: none), it does nothing and resolves to false where there is another one: its
   * facts have their own state.
   */
  putFeedState(state: FeedState, basis?: string | null): Promise<boolean>;
  /** One writer per feed at a time; a second one throws `invalid-input`. */
  writeFeed(feed: string): Promise<FeedWriter>;
  /**
   * Commits updates of several feeds: all at once where the store has transactions, else one feed after the other.
   * Afterwards every writer has ended, even after an error.
   */
  commitFeeds(updates: readonly FeedUpdate[]): Promise<void>;
}
