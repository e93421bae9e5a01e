import type { ChangeStore } from './shared-facts/change-store';
import type { FeedFacts } from './shared-facts/feed-facts';
import type { HistoryStore } from './shared-facts/history-store';
import type { LayerStore } from './shared-facts/layer-store';
import type { SeenFileStore } from './shared-facts/seen-file-store';

/**
 * Facts that are the same for all tenants: of layers, by their content, and of feeds, with the history of their
 * changes.
 */
export interface SharedFacts extends LayerStore, SeenFileStore, FeedFacts, ChangeStore, HistoryStore {}
