import { discard } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { parseSecdb } from '../secdb';
import { indexName } from './documents';
import { parseRejections, rejectionsFolder } from './rejections';

/** Branch and repository are in the document's name (`v3.20/main.json`); the index itself contains no advisories. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  if (document.name === indexName) {
    await discard(document.body);
    return;
  }
  if (document.name.startsWith(rejectionsFolder)) {
    yield* parseRejections(document);
    return;
  }
  const branch = document.name.slice(0, document.name.indexOf('/'));
  yield* parseSecdb(document, { feed: 'alpine-secdb', namespace: `alpine:${branch}` });
}
