import { asObject } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { type ErratumBuild, errataRecords } from '../rpm-errata';
import { advisoriesOf } from './pages';

const feed = 'rocky-linux';

/** `RLSA-2024:0606`; `RXSA-` is for packages of a special interest group. */
const securityId = /^R[LX]SA-\d{4}:[\w.-]{1,40}$/;

type Json = Readonly<Record<string, unknown>>;

/** Reads all pages of the list of advisories, one page at a time. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  for await (const advisory of advisoriesOf(document.body)) {
    if (advisory === undefined) {
      yield { kind: 'problem', record: document.name, message: 'Advisory is not an object' };
    } else yield* parseAdvisory(advisory, document.name);
  }
}

function* parseAdvisory(advisory: Json, document: string): Generator<FeedRecord> {
  const id = textOf(advisory['name']) ?? '';
  if (!securityId.test(id)) {
    // Bug fixes and enhancements are not security advisories, unless only the id is wrong.
    if (advisory['kind'] === 'Security' || id === '') {
      yield { kind: 'problem', record: id.slice(0, 80) || document, message: 'Advisory without an id of its kind' };
    }
    return;
  }
  if (!Array.isArray(advisory['packages'])) {
    yield { kind: 'problem', record: id, message: 'Advisory without a list of packages' };
    return;
  }
  const targets = new Map<string, ErratumTarget & { readonly builds: ErratumBuild[] }>();
  const problems = new Set<string>();
  for (const item of advisory['packages'] as unknown[]) {
    const found = readPackage(asObject(item));
    if (typeof found === 'string') {
      problems.add(found);
      continue;
    }
    const key = `${found.target.namespace} ${found.target.packageRepository ?? ''}`;
    const target = targets.get(key) ?? { ...found.target, builds: [] };
    targets.set(key, target);
    target.builds.push(found.build);
  }
  for (const message of problems) yield { kind: 'problem', record: id, message };
  const facts = {
    id,
    cves: cvesOf(advisory['cves']),
    severity: severityWord(advisory['severity']),
    published: /^\d{4}-\d{2}-\d{2}/.exec(textOf(advisory['published_at']) ?? '')?.[0],
  };
  for (const target of targets.values()) yield* errataRecords({ ...facts, ...target }, { feed, document });
}

interface ErratumTarget {
  readonly namespace: string;
  /** Repository of a special interest group. */
  readonly packageRepository?: string;
}

/** A package with the namespace it is for, or why it has none. */
function readPackage(
  item: Json | undefined,
): { readonly target: ErratumTarget; readonly build: ErratumBuild } | string {
  const nevra = textOf(item?.['nevra']) ?? '';
  const build = buildOf(nevra);
  if (build === undefined) return `"${nevra.slice(0, 120)}" is not a name of a package with its version`;
  const product = textOf(item?.['product_name']) ?? '';
  const target = targetOf(product, textOf(item?.['repo_name']));
  if (target === undefined) return `Product ${product.slice(0, 80)} is not known`;
  const [module, stream] = [textOf(item?.['module_name']), textOf(item?.['module_stream'])];
  return {
    target,
    build: module === undefined || stream === undefined ? build : { ...build, module: `${module}:${stream}` },
  };
}

/** `Rocky Linux 9 x86_64`, `Rocky Linux 8.6 aarch64 (Legacy)`, `Rocky Linux SIG Cloud 8 x86_64`. */
const productName = /^Rocky Linux (?:SIG ([A-Za-z]{1,30}) )?(\d{1,2})(?:\.\d{1,2})?(?: \w{1,20})?(?: \(Legacy\))?$/;

function targetOf(product: string, repository: string | undefined): ErratumTarget | undefined {
  const [, group, major] = productName.exec(product) ?? [];
  if (major === undefined) return undefined;
  const namespace = `rocky:${major}`;
  return group === undefined
    ? { namespace }
    : { namespace, packageRepository: repository ?? `sig-${group.toLowerCase()}` };
}

/** `name-epoch:version-release.architecture.rpm`. */
function buildOf(nevra: string): ErratumBuild | undefined {
  if (nevra.length > 600) return undefined;
  const match = /^(.+)-(?:(\d{1,9}):)?([^-:]+)-([^-:]+)\.(\w+)$/.exec(nevra.replace(/\.rpm$/, ''));
  const [, name, epoch, version, release, architecture] = match ?? [];
  if (name === undefined || version === undefined || release === undefined || architecture === undefined) {
    return undefined;
  }
  return { name, epoch, version, release, architecture };
}

function cvesOf(cves: unknown): readonly string[] {
  if (!Array.isArray(cves)) return [];
  return (cves as unknown[]).flatMap((item) => textOf(asObject(item)?.['cve']) ?? []);
}

function severityWord(value: unknown): string | undefined {
  const word = textOf(value);
  return word === 'None' || word === 'Unknown' ? undefined : word;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
