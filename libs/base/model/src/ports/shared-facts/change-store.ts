import type { ChangedVulnerability, FactChange } from '../../change';

/**
 * Changes of facts that have to be published: written with the facts (`FeedWriter.putChange`), read by the notifier.
 */
export interface ChangeStore {
  /** Changes that are not published yet, oldest first; at most `limit`. */
  pendingChanges(limit: number): Promise<readonly ChangedVulnerability[]>;
  /** Marks changes that are on the bus now. The changes themselves stay. */
  markPublished(changed: readonly ChangedVulnerability[]): Promise<void>;
  /**
   * All changes of one update for one vulnerability that are not silent: those of advisories ordered by namespace, package, feed and
   * document, those of vulnerability records ordered by feed.
   */
  changes(changed: ChangedVulnerability): AsyncIterable<FactChange>;
  /**
   * Deletes the changes of updates with ids below `before`: all of them in the log (`HistoryStore`), here those that
   * are published. Also deletes revisions that no time from then on needs, and moves `historyFrom`.
   */
  forgetChanges(before: string): Promise<void>;
}
