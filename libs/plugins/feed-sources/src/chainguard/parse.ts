import type { FeedDocument, FeedRecord } from '@clarion/model';
import { parseSecdb } from '../secdb';

/** One SecDB document for all packages of Chainguard OS. */
export function parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  return parseSecdb(document, { feed: 'chainguard', namespace: 'chainguard' });
}
