import { readFileSync } from 'node:fs';
import { sharedMaterial } from '@clarion/test-kit';
import { parseApk } from './apk/parse';
import { versionScheme } from './index';
import { parseNevra, type Nevra } from './rpm/nevra';
import { failuresOf } from '../testing/scheme-suite';
import type { VersionScheme } from '@clarion/model';

const folder = sharedMaterial('conformance', 'versions');
const describeVectors = folder === undefined ? describe.skip : describe;

interface Row {
  readonly a: string;
  readonly operator: string;
  readonly b: string;
}

/** A test of `vers-spec/vers-test.schema-0.2.json`, as far as it is used here. */
interface VersTest {
  readonly test_type: string;
  readonly input: { readonly versions: readonly string[] };
  readonly expected_output?: unknown;
}

function read(file: string): string {
  return readFileSync(`${folder ?? ''}/${file}`, 'utf8');
}

function scheme(id: string): VersionScheme {
  const found = versionScheme(id);
  if (found === undefined) throw new Error(`no scheme ${id}`);
  return found;
}

/** Formats A, B and C: lines of words; comments, also those behind a tab, and blank lines left out. */
function lines(file: string): string[][] {
  return read(file)
    .split('\n')
    .filter((line) => !/^(?:#|\/\/)(?: |$)/.test(line))
    .map((line) =>
      line
        .replace(/\t#.*$/, '')
        .split(/[ \t]+/)
        .filter((word) => word !== ''),
    )
    .filter((words) => words.length > 0);
}

/** The comparisons of a file; fuzzy ones and validity rows are apk's own and read below. */
function comparisons(file: string): Row[] {
  return lines(file)
    .filter(([, operator]) => /^(?:[<>=]|==)$/.test(operator ?? ''))
    .map(([a = '', operator = '', b = '']) => ({ a, operator: operator.slice(0, 1), b }));
}

function versTests(file: string): readonly VersTest[] {
  const document: unknown = JSON.parse(read(file));
  const tests = Array.isArray(document) ? document : (document as { tests: unknown }).tests;
  return tests as readonly VersTest[];
}

// Rows that are known to fail, each with its reason: `scheme A OP B # reason`.
const exceptions = readFileSync(`${__dirname}/testdata/conformance-exceptions.txt`, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '))
  .map((line) => line.split(' # '));
const excepted = new Set(exceptions.map(([row]) => row));

function failing(file: string, id: string): string[] {
  return comparisons(file)
    .filter(({ a, operator, b }) => !excepted.has(`${id} ${a} ${operator} ${b}`))
    .flatMap((row) => failuresOf(scheme(id), row));
}

describeVectors('vector files beside the checkout (shared/conformance/versions)', () => {
  it.each([
    ['osv-scalibr/alpine-versions.txt', 'apk', 778],
    ['osv-scalibr/alpine-versions-generated.txt', 'apk', 13_979],
    ['apk-tools/version.data', 'apk', 738],
    ['go-apk-version/version.data', 'apk', 728],
    ['osv-scalibr/debian-versions.txt', 'dpkg', 30],
    ['osv-scalibr/debian-versions-generated.txt', 'dpkg', 14_442],
    ['osv-scalibr/redhat-versions.txt', 'rpm', 165],
    ['claircore/rpmvercmp', 'rpm', 113],
    ['osv-scalibr/maven-versions.txt', 'maven', 102],
    ['osv-scalibr/maven-versions-generated.txt', 'maven', 14_752],
    ['claircore/maven-compare.list', 'maven', 84],
    ['osv-scalibr/pypi-versions.txt', 'pep440', 37],
    ['osv-scalibr/pypi-versions-generated.txt', 'pep440', 12_375],
    ['osv-scalibr/packagist-versions.txt', 'composer', 95],
    ['osv-scalibr/packagist-versions-generated.txt', 'composer', 10_630],
    ['osv-scalibr/rubygems-versions.txt', 'rubygems', 25],
    ['osv-scalibr/rubygems-versions-generated.txt', 'rubygems', 4_098],
    ['osv-scalibr/semver-versions.txt', 'semver', 86],
    ['osv-scalibr/semver-versions.txt', 'npm', 86],
    ['osv-scalibr/semver-versions.txt', 'go', 86],
    ['osv-scalibr/semver-versions.txt', 'hex', 86],
    ['osv-scalibr/nuget-versions.txt', 'nuget', 35],
    ['osv-scalibr/pub-versions.txt', 'pub', 100],
    ['osv-scalibr/cran-versions.txt', 'cran', 21],
    ['osv-scalibr/cran-versions-generated.txt', 'cran', 57],
    ['osv-scalibr/hackage-versions.txt', 'hackage', 11],
  ])('%s by %s: %d rows', (file, id, rows) => {
    expect(comparisons(file)).toHaveLength(rows);
    expect(failing(file, id)).toEqual([]);
  });

  it.each([
    ['vers-spec/alpine_version_cmp_test.json', 'apk', 716],
    ['vers-spec/maven_version_cmp_test.json', 'maven', 977],
    ['vers-spec/alpm_version_cmp_test.json', 'alpm', 42],
    ['vers-spec/gentoo_version_cmp_test.json', 'gentoo', 48],
    ['vers-spec/nuget_version_cmp_test.json', 'nuget', 33],
    ['vers-spec/openssl_version_cmp_test.json', 'openssl', 44],
    ['vers-spec/conan_version_cmp_test.json', 'conan', 47],
    ['univers/deb_version_python_pkg_test.json', 'dpkg', 16],
  ])('%s by %s: %d tests', (file, id, count) => {
    const tests = versTests(file);
    expect(tests).toHaveLength(count);
    const { compare } = { compare: (a: string, b: string) => scheme(id).compare(a, b) };
    const failures = tests.filter(({ test_type: kind, input: { versions }, expected_output: expected }) => {
      if (kind === 'equality') return (compare(versions[0] ?? '', versions[1] ?? '') === 0) !== expected;
      // The expected list may be written in another letter case: compared by the scheme's equality.
      const sorted = versions.toSorted(compare);
      return !(expected as readonly string[]).every((version, index) => compare(version, sorted[index] ?? '') === 0);
    });
    expect(failures).toEqual([]);
  });

  it('univers/openssl_versort_expected.json: 172 versions in order', () => {
    const sorted = (JSON.parse(read('univers/openssl_versort_expected.json')) as { string: string }[]).map(
      (entry) => entry.string,
    );
    const all = read('univers/openssl_all_versions.txt').split('\n').filter(Boolean);
    expect(sorted).toHaveLength(172);
    expect(all.toSorted((a, b) => scheme('openssl').compare(a, b))).toEqual(sorted);
  });

  // The canonical form of a range lists its versions in the scheme's order.
  it.each([
    ['npm_range_from_native_test.json', 'npm', 77],
    ['conan_range_from_native_test.json', 'conan', 64],
    ['conan_range_from_native_basic_test.json', 'conan', 13],
    ['pypi_range_validate_test.json', 'pep440', 11],
    ['gem_range_from_native_test.json', 'rubygems', 1],
    ['nuget_range_from_native_test.json', 'nuget', 1],
    ['openssl_range_from_native_test.json', 'openssl', 3],
  ])('vers-spec/%s by %s: %d canonical ranges in order', (file, id, count) => {
    const ranges = versTests(`vers-spec/${file}`)
      .map((test) => (typeof test.expected_output === 'string' ? test.expected_output : ''))
      .map((range) => range.replace(/^vers:[a-z]+\//, '').split('|'))
      .filter((constraints) => constraints.length > 1);
    expect(ranges).toHaveLength(count);
    const unsorted = ranges.filter((constraints) => {
      const versions = constraints.map((constraint) => constraint.replace(/^[<>=!]+/, ''));
      return versions.some((version, at) => at > 0 && scheme(id).compare(versions[at - 1] ?? '', version) > 0);
    });
    expect(unsorted).toEqual([]);
  });

  it('apk-tools/version.data: 31 validity rows', () => {
    const rows = lines('apk-tools/version.data').filter((words) => words.length === 1);
    expect(rows).toHaveLength(31);
    const wrong = rows.filter(([word = '']) => scheme('apk').isValid(word.replace(/^!/, '')) === word.startsWith('!'));
    expect(wrong).toEqual([]);
  });
});

describeVectors('apk fuzzy vectors (shared/conformance/versions)', () => {
  /** `A ~ B`: the tokens of B begin A. Only the dependency syntax of apk has it, so it is not part of the scheme. */
  function fuzzyOrder(a: string, b: string): number {
    const prefix = parseApk(b).key.slice(0, -1);
    return parseApk(a).key.startsWith(prefix) ? 0 : scheme('apk').compare(a, b);
  }
  const matches: Readonly<Record<string, (order: number) => boolean>> = {
    '~': (order) => order === 0,
    '!~': (order) => order !== 0,
    '<~': (order) => order <= 0,
    '>~': (order) => order >= 0,
  };

  it('apk-tools/version.data: 16 fuzzy rows', () => {
    const rows = lines('apk-tools/version.data').filter(([, operator = '']) => operator in matches);
    expect(rows).toHaveLength(16);
    const wrong = rows.filter(([a = '', operator = '', b = '']) => matches[operator]?.(fuzzyOrder(a, b)) !== true);
    expect(wrong).toEqual([]);
  });
});

describeVectors('claircore NEVRA vectors (shared/conformance/versions)', () => {
  function compareNevra(a: Nevra, b: Nevra): number {
    if (a.name !== b.name) return a.name < b.name ? -1 : 1;
    const evr = (nevra: Nevra) => `${nevra.epoch}:${nevra.version}-${nevra.release}`;
    const order = scheme('rpm').compare(evr(a), evr(b));
    if (order !== 0 || a.arch === b.arch) return order;
    return a.arch < b.arch ? -1 : 1;
  }

  it('claircore/parse: 4 rows', () => {
    const rows = lines('claircore/parse').map((words) => words.map((word) => (word === "''" ? '' : word)));
    expect(rows).toHaveLength(4);
    for (const [input = '', name, epoch, version, release, arch] of rows) {
      expect(parseNevra(input)).toEqual({ name, epoch, version, release, arch });
    }
  });

  it('claircore/compare: 12 rows', () => {
    const rows = comparisons('claircore/compare');
    expect(rows).toHaveLength(12);
    const nevras: VersionScheme = {
      ...scheme('rpm'),
      id: 'nevra',
      compare: (a, b) => compareNevra(parseNevra(a), parseNevra(b)),
    };
    expect(rows.flatMap((row) => failuresOf(nevras, row))).toEqual([]);
  });
});

describe('exceptions to the vector files', () => {
  it.each(exceptions)('%s', (row = '', reason) => {
    const [id = '', a = '', operator = '', b = ''] = row.split(' ');
    expect(reason).toMatch(/\w{3,}/);
    // Only a version that the native tool refuses may stand here, and only while the row really fails.
    expect([a, b].some((version) => !scheme(id).isValid(version))).toBe(true);
    expect(failuresOf(scheme(id), { a, operator, b })).not.toEqual([]);
  });
});
