import { compileFileFilters, compileGlob } from '@clarion/layer-archive';
import { buildZip, testBudget, type ZipBuilderEntry } from '@clarion/test-kit';
import { giveFile } from '../../testing/give-file';
import { pythonArchives } from '.';

const site = 'usr/lib/python3/site-packages';
const metadata = (name: string, content = 'Name: a\nVersion: 1\nLicense: MIT\n'): ZipBuilderEntry => ({
  name,
  content,
});
const egg = metadata('EGG-INFO/PKG-INFO');
const wheel = metadata('a-1.dist-info/METADATA');

async function detect(path: string, entries: readonly ZipBuilderEntry[]): Promise<readonly unknown[]> {
  const file = await giveFile({ path, content: buildZip(entries) }, pythonArchives.files);
  const { features = [], problems = [] } = await pythonArchives.detect([file!], testBudget());
  const packages = features.map((one) => `${one.name} ${one.version} ${one.license ?? '-'} ${one.path}`);
  return [...packages, ...problems.map(({ code }) => code)];
}

test.each<[what: string, path: string, entries: readonly ZipBuilderEntry[], found: readonly string[]]>([
  ['an egg', `${site}/a-1-py3.11.egg`, [egg], [`a 1 MIT ${site}/a-1-py3.11.egg`]],
  ['an egg of buildout', 'srv/eggs/a-1-py3.11.egg', [egg], ['a 1 MIT srv/eggs/a-1-py3.11.egg']],
  ['a wheel among packages', `${site}/a-1-py3-none-any.whl`, [wheel], [`a 1 MIT ${site}/a-1-py3-none-any.whl`]],
  ['a name in the name of the file', `${site}/b-2.egg`, [metadata('EGG-INFO/PKG-INFO', '')], [`b 2 - ${site}/b-2.egg`]],
  ['neither', `${site}/b.egg`, [metadata('EGG-INFO/PKG-INFO', '')], ['bad-record']],
  ['no metadata', `${site}/a-1.egg`, [metadata('a/__init__.py')], []],
  ['metadata of a package in it', `${site}/a-1.egg`, [metadata('a/EGG-INFO/PKG-INFO')], []],
  ['an egg that was built', 'srv/a/dist/a-1-py3.11.egg', [egg], []],
])('python-archives: %s', async (_, path, entries, found) => {
  expect(await detect(path, entries)).toEqual(found);
});

test.each<[what: string, path: string]>([
  ['a fixture', `${site}/pkg_resources/tests/data/a-1.egg`],
  ['a leftover', `${site}/~-1.egg`],
  ['a cache', 'root/.cache/a-1.egg'],
])('%s counts only where a link leads to it', (_, path) => {
  expect(compileFileFilters([pythonArchives]).match(path)).toEqual([]);
});

test('python-archives is given no wheels that are there to be installed, and no other files', async () => {
  const globs = pythonArchives.files.paths.map(compileGlob);
  const given = (path: string): boolean => globs.some((matches) => matches(path));
  expect(given(`${site}/virtualenv/seed/wheels/embed/pip-1-py3-none-any.whl`)).toBe(false);
  expect(given('usr/lib/python3.11/ensurepip/_bundled/pip-1-py3-none-any.whl')).toBe(false);
  expect(await giveFile({ path: `${site}/a.egg`, content: Buffer.from('text') }, pythonArchives.files)).toBeUndefined();
});
