import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { errataRecords } from '../rpm-errata';
import { readUpdateinfo, type UpdateinfoEntry } from '../updateinfo';
import { type DocumentTarget, targetOf } from './repositories';

const feed = 'amazon-linux';

/** `ALAS-2023-1234`, `ALAS2-2022-1766`, `ALAS2KERNEL-5.10-2022-011`, `ALAS2023LIVEPATCH-2023-001`. */
const advisoryId = /^ALAS[\w.+-]{0,60}-\d{4}-\d{1,6}$/;

/** Reads `updateinfo.xml`; release, repository and architecture are in the document's name. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const target = targetOf(document.name);
  if (target === undefined) {
    throw new ClarionError('invalid-input', `"${document.name.slice(0, 120)}" is not a document of ${feed}`);
  }
  let updates = 0;
  for await (const update of readUpdateinfo(document.body)) {
    updates += 1;
    yield* parseUpdate(update, target, document.name);
  }
  // A repository without advisories does not list the file.
  if (updates === 0) throw new ClarionError('corrupt-data', `Document ${document.name} has no advisories`);
}

function* parseUpdate(update: UpdateinfoEntry, target: DocumentTarget, document: string): Generator<FeedRecord> {
  const { id, incomplete } = update;
  if (!advisoryId.test(id)) {
    yield { kind: 'problem', record: id.slice(0, 80) || document, message: 'Advisory without an id of its kind' };
    return;
  }
  if (update.type !== undefined && update.type !== 'security') return;
  if (incomplete > 0) {
    yield { kind: 'problem', record: id, message: `${incomplete} packages without name, version or architecture` };
  }
  const erratum = {
    id,
    namespace: target.namespace,
    cves: update.references.flatMap((reference) => (reference.type === 'cve' ? [reference.id] : [])),
    severity: update.severity,
    published: update.issued,
    packageRepository: target.packageRepository,
    builds: update.builds.filter(({ architecture }) => belongs(architecture, target.architecture)),
  };
  yield* errataRecords(erratum, { feed, document });
}

/** Repositories list the packages of all architectures; each document reports those of its architecture. */
function belongs(architecture: string, own: string): boolean {
  return architecture === own || architecture === 'noarch' || (own === 'x86_64' && architecture === 'i686');
}
