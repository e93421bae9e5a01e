import { asObject, type JsonPath, readText } from '@clarion/file-formats/documents';
import {
  type Advisory,
  type AdvisoryGroup,
  ClarionError,
  type FeedDocument,
  type FeedRecord,
  type VersionScheme,
} from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';

/** The feed and namespace of one SecDB document. */
export interface SecdbTarget {
  readonly feed: string;
  readonly namespace: string;
  /** Makes the record of a problem, where another form than the usual one is needed. */
  readonly problemOf?: (problem: SecdbProblem, record: string) => FeedRecord;
}

/** What could not be understood, and where it is in the document. */
export interface SecdbProblem {
  readonly message: string;
  readonly path: JsonPath;
}

/** Alpine's largest document is 300 KiB, Wolfi's some 10 MiB. */
const maxBytes = 100 * 1024 * 1024;
const maxPackages = 1_000_000;

/**
 * Reads the SecDB shape (`packages[].pkg.{name,secfixes}`) that Alpine, Wolfi and Chainguard publish:
 * vulnerable below the version that lists an id; key `0` means never affected.
 */
export async function* parseSecdb(document: FeedDocument, target: SecdbTarget): AsyncGenerator<FeedRecord> {
  const groups = new Map<string, SecfixesEntry[]>();
  const packages = packagesOf(await readText(document.body, maxBytes), document.name);
  for (const [index, entry] of packages.entries()) {
    const pkg = asObject(asObject(entry)?.['pkg']);
    const name = pkg?.['name'];
    if (pkg === undefined || typeof name !== 'string' || name === '') {
      yield problemOf({ message: 'Package entry without a name', path: ['packages', index] }, document.name, target);
      continue;
    }
    const entries = groups.get(name) ?? [];
    groups.set(name, entries);
    for (const { message, path } of readSecfixes(pkg['secfixes'], entries)) {
      yield problemOf({ message, path: ['packages', index, 'pkg', 'secfixes', ...path] }, name, target);
    }
  }
  for (const [name, entries] of groups) {
    if (entries.length === 0) continue;
    yield { kind: 'group', group: toGroup(name, entries, { ...target, document: document.name }) };
  }
}

function problemOf(problem: SecdbProblem, record: string, { problemOf: makeProblem }: SecdbTarget): FeedRecord {
  return makeProblem?.(problem, record) ?? { kind: 'problem', record, message: problem.message };
}

function packagesOf(text: string, name: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('corrupt-data', `Document ${name} is not JSON`, { cause });
  }
  const packages = asObject(parsed)?.['packages'];
  if (packages === null) return [];
  if (!Array.isArray(packages)) throw new ClarionError('corrupt-data', `Document ${name} has no list of packages`);
  if (packages.length > maxPackages) throw new ClarionError('limit-exceeded', `Document ${name} has too many packages`);
  return packages;
}

/** One id string of one version key. */
interface SecfixesEntry {
  readonly version: string;
  readonly ids: SecdbIds;
}

/** Adds what `secfixes` says to `entries`; returns what could not be understood. */
function readSecfixes(secfixes: unknown, entries: SecfixesEntry[]): readonly SecdbProblem[] {
  if (secfixes === undefined || secfixes === null) return [];
  const versions = asObject(secfixes);
  if (versions === undefined) return [{ message: 'The list of fixes is not an object', path: [] }];
  const problems: SecdbProblem[] = [];
  for (const [version, texts] of Object.entries(versions)) {
    const path = [version];
    if (texts === null) continue;
    if (!Array.isArray(texts) || version.trim() === '') {
      problems.push({ message: `Version ${version.slice(0, 80)} or its list of ids is missing`, path });
      continue;
    }
    const { read, problem } = repaired(version.trim());
    if (problem !== undefined) problems.push({ message: problem, path });
    for (const [index, text] of (texts as readonly unknown[]).entries()) {
      const ids = typeof text === 'string' ? splitIds(text) : undefined;
      if (ids !== undefined) entries.push({ version: read, ids });
      else {
        const message = `Version ${version.slice(0, 80)} names no id: ${describe(text)}`;
        problems.push({ message, path: [version, index] });
      }
    }
  }
  return problems;
}

/** A revision after a dot (`4.8.0.-r1`), or instead of its hyphen (`0.8.21.r2`), has only one possible meaning. */
const mistypedRevision = /\.-?r(\d+)$/;

/** The intended version, where that is clear; a problem for each text that is not a version. */
function repaired(version: string): { readonly read: string; readonly problem?: string } {
  const scheme = apk();
  if (version === '0' || scheme.isValid(version)) return { read: version };
  const shown = JSON.stringify(version.slice(0, 80));
  const meant = version.replace(mistypedRevision, '-r$1');
  return scheme.isValid(meant)
    ? { read: meant, problem: `Version ${shown} is not valid: read as ${meant.slice(0, 80)}` }
    : { read: version, problem: `Version ${shown} is not valid: only its valid prefix is compared` };
}

/** Objects are not written out: one that is nested deeply enough would exhaust the stack. */
function describe(value: unknown): string {
  return typeof value === 'object'
    ? 'an object'
    : ((JSON.stringify(value) as string | undefined)?.slice(0, 80) ?? 'nothing');
}

/** The ids of one string: CVEs, other names, and the remark in parentheses that some maintainers add. */
export interface SecdbIds {
  readonly cves: readonly string[];
  readonly others: readonly string[];
  readonly remark?: string;
}

const cve = /^CVE[-_](\d{4}-\d{4,})(?:$|[^0-9A-Za-z])/;
const otherId = /^(?=.{1,64}$)[A-Za-z][\w.:-]*\d[\w.:-]*$/;
const placeholder = /^CVE-[\d?]{4}-\?+$/;

/**
 * Splits `CVE-2022-41925 TS-2022-005`. Spellings such as `CVE_2019-2426`, `CVE-2017-17434-1` and `CVE-2021-35940.patch`
 * name the CVE in them. A placeholder (`CVE-????-?????`) is the id only where nothing else is. Undefined: no id at all.
 */
export function splitIds(text: string): SecdbIds | undefined {
  const parenthesis = text.indexOf('(');
  const remark =
    parenthesis < 0
      ? ''
      : text
          .slice(parenthesis)
          .replace(/^\(|\)\s*$/g, '')
          .trim()
          .slice(0, 200);
  const cves = new Set<string>();
  const others = new Set<string>();
  let unnamed: string | undefined;
  for (const word of (parenthesis < 0 ? text : text.slice(0, parenthesis)).split(/\s+/)) {
    const number = cve.exec(word)?.[1];
    if (number !== undefined) cves.add(`CVE-${number}`);
    else if (placeholder.test(word)) unnamed = word;
    else if (otherId.test(word)) others.add(word);
  }
  if (cves.size === 0 && others.size === 0) {
    if (unnamed === undefined) return undefined;
    others.add(unnamed);
  }
  return { cves: [...cves], others: [...others], ...(remark === '' ? {} : { remark }) };
}

type GroupTarget = SecdbTarget & { readonly document: string };

function toGroup(name: string, entries: readonly SecfixesEntry[], target: GroupTarget): AdvisoryGroup {
  const owners = ownersOf(entries);
  const found = new Map<string, Found>();
  for (const { version, ids } of entries) {
    // A string with CVEs is about those; other names in it are only further names.
    const subjects = ids.cves.length > 0 ? ids.cves : ids.others;
    const names = ids.cves.length > 0 ? ids.others : [];
    for (const id of subjects) {
      const before = found.get(id);
      found.set(id, {
        versions: before === undefined ? [version] : highest(before.versions, version),
        names: new Set([...(before?.names ?? []), ...names]),
        remark: before?.remark ?? ids.remark,
      });
    }
  }
  const advisories = [...found].map(([id, facts]) => toAdvisory(id, facts, owners));
  const { namespace, feed, document } = target;
  return { namespace, package: name, feed, document, nameKind: 'source', scheme: 'apk', advisories };
}

interface Found {
  /** The fix; several where it is unknown which of them is the highest. */
  readonly versions: readonly string[];
  readonly names: ReadonlySet<string>;
  readonly remark: string | undefined;
}

/** The CVEs of the package that each other name stands for. */
function ownersOf(entries: readonly SecfixesEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  for (const { ids } of entries) {
    for (const name of ids.others) {
      const cves = owners.get(name) ?? new Set();
      owners.set(name, cves);
      for (const id of ids.cves) cves.add(id);
    }
  }
  return owners;
}

/**
 * A name that stands for one CVE is an alias of it. A name that stands for several is their bulletin: as an alias it
 * would make different CVEs equal.
 */
function toAdvisory(id: string, facts: Found, owners: ReadonlyMap<string, ReadonlySet<string>>): Advisory {
  const aliases = [...facts.names].filter((name) => owners.get(name)?.size === 1);
  const bulletin = [...facts.names].find((name) => (owners.get(name)?.size ?? 0) > 1);
  return {
    id,
    ...(aliases.length > 0 ? { aliases } : {}),
    ...(bulletin === undefined ? {} : { advisory: bulletin }),
    ...(facts.versions.includes('0')
      ? { state: 'not_affected' as const }
      : { state: 'fixed' as const, ranges: facts.versions.map((fixed) => ({ fixed })) }),
    ...(facts.remark === undefined ? {} : { reason: facts.remark }),
  };
}

/**
 * The fix is the highest version that lists an id: an earlier one was incomplete. A version beats `0`, since a flaw
 * that was fixed did exist.
 */
function highest(versions: readonly string[], next: string): readonly string[] {
  if (next === '0') return versions;
  const orders = versions.map((version) => (version === '0' ? -1 : apk().order(version, next)));
  if (orders.some((order) => order !== undefined && order >= 0)) return versions;
  return [...versions.filter((_, at) => orders[at] === undefined), next];
}

function apk(): VersionScheme {
  const scheme = versionScheme('apk');
  if (scheme === undefined) throw new Error('the scheme apk is part of this build');
  return scheme;
}
