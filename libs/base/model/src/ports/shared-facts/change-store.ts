import type { ChangedVulnerability, FactChange } from '../../change';

/** Changes of facts that have to be published: written with the facts (`FeedWriter.putChange`), read by the notifier. */
export interface ChangeStore {
  /** What updates changed and is not published yet, oldest first; at most `limit`. */
  pendingChanges(limit: number): Promise<readonly ChangedVulnerability[]>;
  /** They are on the bus now. The changes themselves stay. */
  markPublished(changed: readonly ChangedVulnerability[]): Promise<void>;
  /**
   * All changes of one update about one vulnerability: those of statements in the order of namespace, package, feed and
   * document, those of texts in the order of feeds.
   */
  changes(changed: ChangedVulnerability): AsyncIterable<FactChange>;
  /** Forgets published changes of updates with ids below `before`. */
  forgetChanges(before: string): Promise<void>;
}
