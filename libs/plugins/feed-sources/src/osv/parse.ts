import type { FeedDocument, FeedRecord } from '@clarion/model';
import { parseOsvArchive } from '../osv-archive';
import { languageRules } from '../osv-ecosystems';

/**
 * Reads `<ecosystem>/all.zip`. A record for packages of several ecosystems is in the archive of each: only the entries
 * for the archive's ecosystem are read.
 */
export function parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const own = document.name.slice(0, document.name.indexOf('/'));
  return parseOsvArchive(document, {
    feed: 'osv',
    subject: 'flaw',
    textsByRecord: true,
    rulesOf: (ecosystem) => (ecosystem === own ? languageRules(ecosystem) : undefined),
  });
}
