import type { FeedDocument, FeedRecord } from '@clarion/model';
import { parseOsvArchive } from '../osv-archive';
import { languageRules } from '../osv-ecosystems';

/** `index/*.json` repeat the contents of the records; OSV's own export has the records without a folder. */
const record = /^(?:ID\/)?GO-\d{4}-\d{4,9}\.json$/;

/** Reads `vulndb.zip` (https://go.dev/doc/security/vuln/database), with one record per file in `ID/`. */
export function parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  return parseOsvArchive(document, {
    feed: 'go-vulndb',
    subject: 'flaw',
    accept: (name) => record.test(name),
    rulesOf: (ecosystem) => (ecosystem === 'Go' ? languageRules(ecosystem) : undefined),
  });
}
