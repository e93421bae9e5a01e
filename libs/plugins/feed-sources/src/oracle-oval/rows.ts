import {
  alternativesOf,
  evrOf,
  type OvalEntity,
  type OvalNode,
  type OvalTest,
  rangeOf,
  readRpmTest,
  type RpmTest,
  UnsupportedCriteria,
} from '@clarion/file-formats/documents';
import type { VersionRange } from '@clarion/model';

/** One package of one release in an erratum. */
export interface ElsaRow {
  readonly major: string;
  readonly package: string;
  readonly range: VersionRange;
  readonly architectures: readonly string[];
  /** `name:stream`. */
  readonly module?: string;
  readonly flavour?: 'ksplice' | 'fips';
}

export interface ElsaRows {
  readonly rows: readonly ElsaRow[];
  /** The reasons why parts of the criteria yield no row. */
  readonly problems: readonly string[];
}

/** Evaluates the criteria of an erratum: one row for each package, version and release, with all its architectures. */
export function rowsOf(criteria: OvalNode | undefined, platforms: readonly string[]): ElsaRows {
  if (criteria === undefined) return { rows: [], problems: ['Definition without criteria'] };
  const problems = new Set<string>();
  const rows = new Map<string, ElsaRow>();
  try {
    for (const conditions of alternativesOf(criteria, readCondition)) {
      const found = rowOf(conditions, platforms);
      if (typeof found === 'string') problems.add(found);
      else for (const row of found) addRow(rows, row);
    }
  } catch (error) {
    if (!(error instanceof UnsupportedCriteria)) throw error;
    return { rows: [], problems: [`Criteria not understood: ${error.message}`] };
  }
  return { rows: [...rows.values()].map(withCompatibleArchitectures), problems: [...problems] };
}

function addRow(rows: Map<string, ElsaRow>, row: ElsaRow): void {
  const key = JSON.stringify([row.major, row.package, row.range, row.module]);
  const known = rows.get(key);
  const architectures = [...new Set([...(known?.architectures ?? []), ...row.architectures])].sort();
  rows.set(key, { ...row, architectures });
}

/** Up to release 6 there were 32-bit machines, with separate errata. */
const lastMajorOf32Bit = 6;

/** The architecture in the criteria is that of the machine; an x86_64 machine also has 32-bit packages. */
function withCompatibleArchitectures(row: ElsaRow): ElsaRow {
  if (Number(row.major) <= lastMajorOf32Bit || !row.architectures.includes('x86_64')) return row;
  return { ...row, architectures: [...new Set([...row.architectures, 'i686'])].sort() };
}

/** The condition in one test of an erratum. `unclear` becomes a problem if its alternative is used. */
type Condition =
  | { readonly kind: 'release'; readonly major: string }
  | { readonly kind: 'architecture'; readonly names: readonly string[] }
  | { readonly kind: 'module'; readonly module: string }
  | { readonly kind: 'package'; readonly name: string; readonly range: VersionRange }
  | { readonly kind: 'unclear'; readonly reason: string };

function rowOf(conditions: readonly Condition[], platforms: readonly string[]): readonly ElsaRow[] | string {
  let major: string | undefined;
  let module: string | undefined;
  let architectures: readonly string[] | undefined;
  let subject: Extract<Condition, { kind: 'package' }> | undefined;
  for (const condition of conditions) {
    if (condition.kind === 'unclear') return condition.reason;
    if (condition.kind === 'release') {
      if (major !== undefined && major !== condition.major) return 'Criteria ask for two releases at once';
      major = condition.major;
    } else if (condition.kind === 'module') {
      if (module !== undefined && module !== condition.module) return 'Criteria ask for two modules at once';
      module = condition.module;
    } else if (condition.kind === 'architecture') {
      architectures = architectures?.filter((name) => condition.names.includes(name)) ?? condition.names;
    } else {
      if (subject !== undefined) return 'Criteria ask for two packages at once';
      subject = condition;
    }
  }
  if (subject === undefined) return 'Criteria without a package and version';
  if (architectures?.length === 0) return 'Criteria ask for two architectures at once';
  const majors = major === undefined ? platforms : [major];
  if (majors.length === 0) return 'Criteria without a release';
  const { name, range } = subject;
  const flavour = flavourOf(name, range.fixed ?? '');
  return majors.map((release) => ({
    major: release,
    package: name,
    range,
    architectures: architectures ?? [],
    ...(module === undefined ? {} : { module }),
    ...(flavour === undefined ? {} : { flavour }),
  }));
}

/** Builds with separate version numbers: a fix in one of them does not apply to the others. */
function flavourOf(name: string, evr: string): ElsaRow['flavour'] {
  if (/\.ksplice\d/.test(evr) || name.startsWith('ksplice-')) return 'ksplice';
  return evr.includes('_fips') ? 'fips' : undefined;
}

function readCondition(test: OvalTest): Condition | undefined {
  // Comments repeat the conditions for readers; they are used only if the document lacks the test.
  if (test.kind === '') return readComment(test);
  if (test.kind === 'textfilecontent54_test') return readModule(test);
  const rpm = readRpmTest(test);
  return typeof rpm === 'string' ? { kind: 'unclear', reason: capital(rpm) } : conditionOf(rpm, test);
}

function conditionOf(rpm: RpmTest, test: OvalTest): Condition | undefined {
  const asked = [rpm.evr, rpm.version, rpm.arch, rpm.signature].filter((entity) => entity !== undefined);
  if (asked.length !== 1) return { kind: 'unclear', reason: `Test ${test.id} asks for ${asked.length} things` };
  if (rpm.signature !== undefined) return undefined;
  if (rpm.evr !== undefined) {
    const range = rangeOf(rpm.evr);
    if (typeof range === 'string' || range.fixed === undefined) {
      return { kind: 'unclear', reason: `Test ${test.id}: ${typeof range === 'string' ? range : 'no fixed version'}` };
    }
    return { kind: 'package', name: rpm.package, range };
  }
  if (!rpm.package.endsWith('-release')) return { kind: 'unclear', reason: `Test ${test.id} asks for no version` };
  const condition = rpm.version === undefined ? readArchitecture(rpm.arch) : readRelease(rpm.version);
  return condition ?? { kind: 'unclear', reason: `Test ${test.id} asks for no known release or architecture` };
}

/** `^8`, the start of the version of the release package. */
function readRelease({ value }: OvalEntity): Condition | undefined {
  const major = /^\^?(\d{1,3})(?!\d)/.exec(value)?.[1];
  return major === undefined ? undefined : { kind: 'release', major };
}

/** `x86_64`, `^(i386|x86_64)$`. */
function readArchitecture(entity: OvalEntity | undefined): Condition | undefined {
  const names = /^\^?\(?([a-z0-9_]{1,20}(?:\|[a-z0-9_]{1,20}){0,9})\)?\$?$/.exec(entity?.value ?? '')?.[1];
  return names === undefined ? undefined : { kind: 'architecture', names: names.split('|') };
}

/** A module is enabled when `/etc/dnf/modules.d/<name>.module` says so; the pattern of the test matches that file. */
function readModule(test: OvalTest): Condition {
  const path = test.object?.entities.find(({ name }) => name === 'filepath')?.value ?? '';
  const text = test.states[0]?.entities.find((entity) => entity.name === 'text')?.value ?? '';
  const name = /\/modules\.d\/([\w.+-]{1,64})\.module$/.exec(path)?.[1];
  const stream = /stream\\s\*=\\s\*([\w.+\\-]{1,64}?)\\b/.exec(text)?.[1];
  if (name === undefined || stream === undefined || test.states.length !== 1) {
    return { kind: 'unclear', reason: `Test ${test.id} asks for no known module` };
  }
  return { kind: 'module', module: `${name}:${stream.replaceAll('\\', '')}` };
}

function readComment({ id, comment }: OvalTest): Condition | undefined {
  const [, release] = /^Oracle Linux (\d{1,3})(?:\.\d{1,3})? is installed$/.exec(comment) ?? [];
  if (release !== undefined) return { kind: 'release', major: release };
  const [, architecture] = /^Oracle Linux arch is ([a-z0-9_]{1,20})$/.exec(comment) ?? [];
  if (architecture !== undefined) return { kind: 'architecture', names: [architecture] };
  const [, module] = /^Module ([\w.+-]{1,64}:[\w.+-]{1,64}) is enabled$/.exec(comment) ?? [];
  if (module !== undefined) return { kind: 'module', module };
  if (/^\S{1,256} is signed with the Oracle Linux \d{1,3} key$/.test(comment)) return undefined;
  const [, name, version = ''] = /^(\S{1,256}) is earlier than (\S{1,300})$/.exec(comment) ?? [];
  const fixed = evrOf(version);
  if (name !== undefined && fixed !== undefined) return { kind: 'package', name, range: { fixed } };
  return { kind: 'unclear', reason: `Test ${id.slice(0, 80)} is missing` };
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
