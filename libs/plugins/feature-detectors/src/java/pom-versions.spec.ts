import { buildZip, testBudget } from '@clarion/test-kit';
import { giveFile } from '../../testing/give-file';
import { java } from '.';

type Found = readonly [packages: readonly string[], codes: readonly string[]];

/** The packages of an archive with these files of Maven for `g:a`, and the codes of its problems. */
async function read(files: Readonly<Record<string, string | Buffer>>, path = 'x.jar'): Promise<Found> {
  const entries = Object.entries(files).map(([name, content]) => ({ name: `META-INF/maven/g/a/${name}`, content }));
  const file = await giveFile({ path, content: buildZip(entries) }, java.files);
  const { features = [], problems = [] } = await java.detect(file === undefined ? [] : [file], testBudget());
  return [features.map(({ name, version }) => `${name} ${version}`), problems.map(({ code }) => code)];
}

const pom = (version: string, more = ''): string =>
  `<project><groupId>g</groupId><artifactId>a</artifactId><version>${version}</version>${more}</project>`;
const set = (properties: string): string => `<properties>${properties}</properties>`;

describe('versions in pom.xml', () => {
  test.each<[what: string, text: string | Buffer]>([
    ['a property of the project', pom('${revision}', set('<revision>1.0</revision>'))],
    ['several properties', pom('${x}.${y}', set('<x>1</x><y>${z}</y><z>0</z>'))],
    ['the version of the parent', pom('${project.parent.version}', '<parent><version>1.0</version></parent>')],
    ['CDATA', pom('<![CDATA[1.0]]>')],
    ['characters by number', pom('1&#46;&#x30;')],
    [
      'names with prefixes',
      pom('1.0')
        .replaceAll(/<(\/?)/g, '<$1m:')
        .replace('<m:project', '<m:project xmlns:m="x"'),
    ],
    ['UTF-16, little-endian', Buffer.from(`\ufeff${pom('1.0')}`, 'utf16le')],
    ['UTF-16, big-endian', Buffer.from(`\ufeff${pom('1.0')}`, 'utf16le').swap16()],
    ['ids from the path', pom('1.0').replace('>a<', '>${name}<').replace('>g<', '>${group}<')],
  ])('are found: %s', async (_, text) => {
    expect(await read({ 'pom.xml': text })).toEqual([['g:a 1.0'], []]);
  });

  test.each<[what: string, text: string]>([
    ['a property that is not set', pom('${revision}')],
    ['a property of itself', pom('${x}', set('<x>${x}</x>'))],
    ['the version itself', pom('${project.version}')],
    ['properties that grow', pom('${x}', set(`<x>${'${x}'.repeat(1000)}</x>`))],
    ['no version', '<project><artifactId>a</artifactId></project>'],
    ['elements around the project', `${'<a>'.repeat(200)}${pom('1.0')}${'</a>'.repeat(200)}`],
    ['no text', ''],
  ])('are missing, which is a problem: %s', async (_, text) => {
    expect(await read({ 'pom.xml': text })).toEqual([[], ['bad-record']]);
  });
});

describe('files of Maven without a version', () => {
  const unset = 'groupId=g\nartifactId=a\nversion=${project.version}\n';

  test.each<[what: string, files: Readonly<Record<string, string>>, path: string, found: Found]>([
    ['are a problem', { 'pom.properties': unset }, 'x.jar', [[], ['bad-record']]],
    ['are a problem when empty', { 'pom.properties': '' }, 'x.jar', [[], ['bad-record']]],
    ['leave it to pom.xml', { 'pom.properties': unset, 'pom.xml': pom('1.0') }, 'x.jar', [['g:a 1.0'], []]],
    ['leave it to pom.properties', { 'pom.properties': 'version=1.0', 'pom.xml': '' }, 'x.jar', [['g:a 1.0'], []]],
    ['leave it to the name of the archive', { 'pom.properties': unset }, 'a-1.0.jar', [['a 1.0'], []]],
    ['are a problem beside another package', { 'pom.properties': unset }, 'b-1.0.jar', [['b 1.0'], ['bad-record']]],
  ])('%s', async (_, files, path, found) => {
    expect(await read(files, path)).toEqual(found);
  });
});
