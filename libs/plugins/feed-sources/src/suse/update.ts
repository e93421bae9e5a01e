import { asObject } from '@clarion/file-formats/documents';
import { type Advisory, type FeedRecord, isCveId } from '@clarion/model';
import { isDebugPackage, isPackageName } from '../redhat-products';
import { ProductFixes } from './fixes';
import { productOf } from './products';

const feed = 'suse';

type Json = Readonly<Record<string, unknown>>;

/** `SUSE-SU-2024:0115-1`, `openSUSE-SU-2024:0228-1`; also recommended, feature and optional updates. */
const updateId = /^(?:open)?SUSE-(?:SU|RU|FU|OU)-\d{4}:[\w.-]{1,40}$/;
const anyUpdateId = /^(?:open)?SUSE-(SU|RU|FU|OU)-[^\n]{1,100}$/;

const mostAffected = 20_000;

/**
 * What one update fixes: for each CVE it mentions and each binary package of each product. The record itself is about
 * the update, so its id is the advisory and never the flaw. A security update that mentions no CVE is reported under
 * its own id.
 */
export function* updateRecords(record: Json, document: string): Generator<FeedRecord> {
  const id = record['id'];
  const kind = typeof id === 'string' ? anyUpdateId.exec(id)?.[1] : undefined;
  if (typeof id !== 'string' || kind === undefined) {
    yield { kind: 'problem', record: document, message: `Update without an id of its kind: ${describe(id)}` };
    return;
  }
  if (typeof record['withdrawn'] === 'string') return;
  // The upstream has records with an error as id (`SUSE-SU-403 Forbidden-1`); their packages are right.
  const isNamed = updateId.test(id);
  if (!isNamed) yield { kind: 'problem', record: id, message: 'Update with a damaged id: read without it' };
  const cves = cvesOf(record);
  const subjects = cves.length > 0 ? cves : kind === 'SU' && isNamed ? [id] : [];
  const affected = record['affected'];
  // Many old updates are listed without their packages.
  if (subjects.length === 0 || affected === undefined || affected === null) return;
  if (!Array.isArray(affected) || affected.length > mostAffected) {
    yield { kind: 'problem', record: id, message: 'Update without a list of packages' };
    return;
  }
  const fixes = new ProductFixes();
  const problems = new Set<string>();
  for (const entry of affected as unknown[]) readAffected(asObject(entry), fixes, problems);
  for (const message of problems) yield { kind: 'problem', record: id, message };
  for (const { namespace, name, fixed, addOn } of fixes.packages()) {
    const advisories = subjects.flatMap((subject) =>
      fixed.map(({ version, scope }): Advisory => ({
        id: subject,
        ...(subject === id || !isNamed ? {} : { advisory: id }),
        state: 'fixed',
        ranges: [{ fixed: version }],
        ...(scope === undefined ? {} : { scope }),
        ...publishedOf(record),
      })),
    );
    yield {
      kind: 'group',
      group: { namespace, package: name, feed, document, nameKind: 'binary', scheme: 'rpm', advisories },
      ...(addOn ? { addOn } : {}),
    };
  }
}

/** CVEs are in `related`, in the newer schema in `upstream`. */
function cvesOf(record: Json): readonly string[] {
  const ids = [record['related'], record['upstream']].flatMap((list) =>
    Array.isArray(list) ? (list as unknown[]) : [],
  );
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && isCveId(id)))];
}

function readAffected(entry: Json | undefined, fixes: ProductFixes, problems: Set<string>): void {
  const ecosystem = asObject(entry?.['package'])?.['ecosystem'];
  const binaries = asObject(entry?.['ecosystem_specific'])?.['binaries'];
  if (typeof ecosystem !== 'string' || !Array.isArray(binaries)) {
    problems.add('Affected entry without ecosystem or binary packages');
    return;
  }
  const product = productOf(ecosystem);
  if (product === undefined || product === 'foreign') {
    const why = product === 'foreign' ? 'is about another distribution' : 'is not known';
    problems.add(`Product ${ecosystem.slice(0, 120)} ${why}`);
    return;
  }
  for (const list of binaries as unknown[]) {
    for (const [name, version] of Object.entries(asObject(list) ?? {})) {
      if (isDebugPackage(name)) continue;
      if (!isPackageName(name) || typeof version !== 'string' || !isVersion(version)) {
        problems.add(`Package ${name.slice(0, 80)} is fixed in ${describe(version)}`);
      } else fixes.add(product, name, version);
    }
  }
}

/** `[epoch:]version-release`. */
function isVersion(text: string): boolean {
  return /^(?:\d{1,9}:)?[\w.+~^]{1,200}-[\w.+~^]{1,200}$/.test(text);
}

function publishedOf(record: Json): Pick<Advisory, 'published'> {
  const date =
    typeof record['published'] === 'string' ? /^\d{4}-\d{2}-\d{2}/.exec(record['published'])?.[0] : undefined;
  return date === undefined ? {} : { published: date };
}

function describe(value: unknown): string {
  return (JSON.stringify(value) as string | undefined)?.slice(0, 80) ?? 'nothing';
}
