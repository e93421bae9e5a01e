import { programNamespace } from '@clarion/ecosystems';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { parseOsvArchive } from '../osv-archive';
import { languageRules } from '../osv-ecosystems';

/** `index/*.json` repeat the contents of the records; OSV's own export has the records without a folder. */
const record = /^(?:ID\/)?GO-\d{4}-\d{4,9}\.json$/;

/** Reads `vulndb.zip` (https://go.dev/doc/security/vuln/database), with one record per file in `ID/`. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const records = parseOsvArchive(document, {
    feed: 'go-vulndb',
    subject: 'flaw',
    accept: (name) => record.test(name),
    rulesOf: (ecosystem) => (ecosystem === 'Go' ? languageRules(ecosystem) : undefined),
  });
  for await (const record of records) {
    yield record;
    if (record.kind === 'group' && record.group.package === toolchain) yield ofProgram(record);
  }
}

/** The module of the command `go`. */
const toolchain = 'toolchain';

/** The same about the program `go` itself, which no other program has among its modules. */
function ofProgram(record: Extract<FeedRecord, { readonly kind: 'group' }>): FeedRecord {
  return { ...record, group: { ...record.group, namespace: programNamespace('go'), package: 'go' } };
}
