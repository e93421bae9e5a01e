import type { FeedDocument, FeedRecord } from '@clarion/model';
import { parseSecdb } from '../secdb';

/** One SecDB document for the whole rolling distribution. */
export function parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  return parseSecdb(document, { feed: 'wolfi', namespace: 'wolfi' });
}
