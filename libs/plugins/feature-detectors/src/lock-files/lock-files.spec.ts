import { ecosystems } from '@clarion/ecosystems';
import { createWorkBudget, type WantedFile, workLimits } from '@clarion/model';
import { lockFiles } from '.';
import { lockFormats } from './lock-formats';

type Found = readonly [packages: readonly string[], codes: readonly string[]];

async function read(...files: readonly (readonly [path: string, text: string | Buffer])[]): Promise<Found> {
  const given = files.map(([path, text]): WantedFile => ({ path, content: Buffer.from(text) }));
  const { features = [], problems = [] } = await lockFiles.detect(given, createWorkBudget('x', workLimits.detector));
  expect(features.filter(({ path }) => !given.some((file) => file.path === path))).toEqual([]);
  return [features.map(({ name, version }) => `${name} ${version}`), problems.map(({ code }) => code)];
}

const lines = (count: number, line: (number: number) => string): string =>
  Array.from({ length: count }, (_, number) => `${line(number)}\n`).join('');

const npm = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });

describe('lock-files', () => {
  test('have one reader for each glob of the ecosystems, with packages of that ecosystem', () => {
    const globs = ecosystems.flatMap(({ type, lockFiles: files = [] }) => files.map((glob) => `${type} ${glob}`));
    const handled = lockFormats.flatMap(({ type, names }) => names.map((name) => `${type} **/${name}`));
    expect([...globs].sort()).toEqual([...handled].sort());
  });

  test.each<[what: string, path: string, text: string, found: Found]>([
    [
      'npm: an alias',
      'package-lock.json',
      npm({ 'node_modules/a': { name: 'b', version: '1.0.0' } }),
      [['b 1.0.0'], []],
    ],
    ['npm: a link', 'package-lock.json', npm({ 'node_modules/a': { link: true, resolved: 'a' } }), [[], []]],
    ['npm: a workspace', 'package-lock.json', npm({ 'packages/a': { version: '1.0.0' } }), [[], []]],
    ['npm: no packages', 'package-lock.json', '{"lockfileVersion":3}', [[], []]],
    ['npm: a number as version', 'package-lock.json', npm({ 'node_modules/a': { version: 1 } }), [[], ['bad-record']]],
    ['npm: no entry', 'package-lock.json', npm({ 'node_modules/a': null }), [[], ['bad-record']]],
    [
      'npm: a member of Object',
      'package-lock.json',
      '{"lockfileVersion":3,"packages":{"node_modules/__proto__":{"version":"1.0.0"},"__proto__":{"a":1}}}',
      [['__proto__ 1.0.0'], []],
    ],
    ['npm: another file', 'package-lock.json', '{"a":1}', [[], ['unreadable-database']]],
    ['npm: half a file', 'package-lock.json', '{"lockfileVersion":3,', [[], ['unreadable-database']]],
    [
      'npm: a repository in version 1',
      'package-lock.json',
      '{"lockfileVersion":1,"dependencies":{"a":{"version":"git+ssh://git@example.test/a.git#1"},"b":{"version":"file:../b"}}}',
      [[], ['unknown-version']],
    ],
    ['npm: in node_modules', 'node_modules/x/package-lock.json', npm({ 'node_modules/a': { version: '1' } }), [[], []]],
    [
      'pnpm: peers in version 5',
      'pnpm-lock.yaml',
      'lockfileVersion: 5.4\npackages:\n  /a/1.0.0_react@18.0.0:\n    dev: false\n  /@s/b/2.0.0_x+y:\n  registry.example.test/c/3.0.0:\n    dev: true\n',
      [['a 1.0.0', '@s/b 2.0.0'], []],
    ],
    [
      'pnpm: peers in version 6, a long key, an archive',
      'pnpm-lock.yaml',
      "lockfileVersion: '6.0'\npackages:\n  '/@s/b@2.0.0(react@18.0.0)':\n    dev: false\n  ? /a@1.0.0(x@1.0.0)\n  : resolution: {integrity: x}\n    dev: false\n  '@codeload.github.com/o/r/tar.gz/12ab':\n    name: r\n    version: 0.1.0\n  file:packages/own:\n    name: own\n    version: 1.0.0\n",
      [['@s/b 2.0.0', 'a 1.0.0', 'r 0.1.0'], []],
    ],
    [
      'pnpm: a package for development that another one needs as well',
      'pnpm-lock.yaml',
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: 1\n        version: 1.0.0(p@1.0.0)\n    devDependencies:\n      b:\n        specifier: 1\n        version: 1.0.0\n      c:\n        specifier: 1\n        version: 1.0.0\npackages:\n  a@1.0.0:\n    dev: x\n  b@1.0.0: {}\n  c@1.0.0: {}\nsnapshots:\n  a@1.0.0(p@1.0.0):\n    dependencies:\n      b: 1.0.0\n  b@1.0.0: {}\n  c@1.0.0: {}\n",
      [['a 1.0.0', 'b 1.0.0'], []],
    ],
    [
      'pnpm: an alias of YAML stays text',
      'pnpm-lock.yaml',
      'lockfileVersion: &a 9\npackages: *a\n',
      [[], ['bad-record']],
    ],
    ['pnpm: another file', 'pnpm-lock.yaml', '{"a": 1}', [[], ['unreadable-database']]],
    [
      'yarn: several descriptors, Windows lines',
      'yarn.lock',
      '"@s/a@^1", "@s/a@^1.1":\r\n  version "1.2.0"\r\n\r\nb@^1, b@^2:\r\n  version "2.0.0"\r\n',
      [['@s/a 1.2.0', 'b 2.0.0'], []],
    ],
    ['yarn: no version', 'yarn.lock', 'a@^1:\n  resolved "x"\n', [[], ['bad-record']]],
    [
      'yarn: a patch, a workspace, a link',
      'yarn.lock',
      '"a@patch:a@npm%3A1.0.0#x":\n  version: 1.0.0\n  resolution: "a@patch:a@npm%3A1.0.0#x::version=1.0.0&hash=1"\n"own@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "own@workspace:."\n"l@link:x":\n  version: 1.0.0\n  resolution: "l@link:x::locator=own"\n',
      [['a 1.0.0'], []],
    ],
    ['yarn: nothing but comments', 'yarn.lock', '# yarn lockfile v1\n', [[], []]],
    ['yarn: another file', 'yarn.lock', '{"a": 1}', [[], ['unreadable-database']]],
    [
      'yarn: a conflict',
      'yarn.lock',
      '<<<<<<< HEAD\na@^1:\n  version "1.0.0"\n=======\n',
      [['a 1.0.0'], ['bad-record']],
    ],
    [
      'bun: a comma in a string, a repository',
      'bun.lock',
      '{"lockfileVersion":1,"packages":{"a":["a@1.0.0,]","",{},],"b":["b@github:o/b#1",{},"x"],},}',
      [['a 1.0.0,]'], ['unknown-version']],
    ],
    ['poetry: not TOML', 'poetry.lock', '[[package]\n', [[], ['unreadable-database']]],
    ['poetry: a number as version', 'poetry.lock', '[[package]]\nname="a"\nversion=1.0\n', [[], ['bad-record']]],
    ['poetry: a table', 'poetry.lock', '[package]\nname="a"\n', [[], ['unreadable-database']]],
    ['uv: no project', 'uv.lock', 'version = 1\n[[package]]\nname = "a"\nversion = "1.0"\n', [['a 1.0'], []]],
    ['pip: what PowerShell writes', 'requirements.txt', '\ufeffa==1.0\r\n', [['a 1.0'], []]],
    ['pip: several requirements of a name', 'requirements.txt', 'a==1.0\nA==1.0\n', [['a 1.0', 'A 1.0'], []]],
    ['pip: a continuation at the end', 'requirements.txt', 'a==1.0 \\', [['a 1.0'], []]],
    ['pip: an address', 'requirements.txt', 'git+https://example.test/a.git@1.0#egg=a\n', [[], ['unknown-version']]],
    ['pip: options', 'requirements.txt', '--no-binary :all:\na==1\n', [['a 1'], []]],
    ['pip: constraints that are missing', 'requirements.txt', '-c other.txt\na==1\n', [['a 1'], ['unresolved-link']]],
    ['pip: a file that is missing', 'requirements.txt', '-r lib/requirements.txt\n', [[], ['unresolved-link']]],
    ['pip: another file', 'requirements.txt', '-rbase.txt\n--requirement=b.txt', [[], ['unresolved-link']]],
    ['pip: a file elsewhere', 'requirements.txt', '-r https://a.test/requirements.txt', [[], ['unresolved-link']]],
    ['pip: its own directory', 'requirements.txt', '-e .\n--editable ./lib[all]\n', [[], []]],
    ['pip: a checkout', 'requirements.txt', '-e git+https://a.test/a.git#egg=a\n', [[], ['unknown-version']]],
    ['pip: a range', 'requirements.txt', 'a>=1.0,<2\n', [[], ['unknown-version']]],
    ['pipenv: a repository', 'Pipfile.lock', '{"default":{"a":{"git":"x","ref":"1"}}}', [[], ['unknown-version']]],
    [
      'go: a replacement, and one by a directory',
      'go.mod',
      'module x\ngo 1.21\nrequire a.test/a v1.0.0\nrequire (\n\tb.test/b v1.0.0 // indirect\n\t"c.test/c" v1.0.0\n)\nreplace a.test/a => d.test/d v2.0.0\nreplace b.test/b v1.0.0 => ../b\nreplace c.test/c v2.0.0 => ../c\n',
      [['d.test/d v2.0.0', 'c.test/c v1.0.0'], []],
    ],
    [
      'go: sums alone',
      'go.sum',
      'a.test/a v1.0.0 h1:x=\na.test/a v1.1.0 h1:x=\nb.test/b v1.0.0/go.mod h1:x=\n',
      [['a.test/a v1.1.0'], []],
    ],
    ['go: another file', 'go.mod', 'hello\n', [[], ['unreadable-database']]],
    ['go: sums that are something else', 'go.sum', 'hello\n', [[], ['bad-record']]],
    ['go: of a vendored module', 'vendor/a/go.mod', 'module a\nrequire b.test/b v1.0.0\n', [[], []]],
    ['cargo: another file', 'Cargo.lock', 'a = 1\n', [[], ['unreadable-database']]],
    ['bundler: another file', 'Gemfile.lock', 'hello\n    a (1.0)\n', [[], ['unreadable-database']]],
    ['gradle: a line of something else', 'gradle.lockfile', 'a:b:1.0=x\nhello\n', [['a:b 1.0'], ['bad-record']]],
    [
      'maven: properties that refer to each other',
      'pom.xml',
      '<project><properties><a>${b}</a><b>${a}</b></properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>${a}</version></dependency></dependencies></project>',
      [[], ['unknown-version']],
    ],
    [
      'maven: entities',
      'pom.xml',
      '<!DOCTYPE project [<!ENTITY a "b">]><project>&a;</project>',
      [[], ['unreadable-database']],
    ],
    ['maven: another file', 'pom.xml', '<html/>', [[], ['unreadable-database']]],
    ['maven: of an unpacked archive', 'META-INF/maven/g/a/pom.xml', '<html/>', [[], []]],
    [
      'gradle: a file for each configuration',
      'gradle/dependency-locks/compile.lockfile',
      'a:b:1.0\n',
      [['a:b 1.0'], []],
    ],
    ['gradle: one for tests', 'gradle/dependency-locks/testCompile.lockfile', 'a:b:1.0\n', [[], []]],
    ['gradle: of the build', 'buildscript-gradle.lockfile', 'a:b:1.0=classpath\nempty=\n', [['a:b 1.0'], []]],
    [
      'gradle: of the settings',
      'settings-gradle.lockfile',
      'a:b:1.0=incomingCatalogForLibs0\nempty=\n',
      [['a:b 1.0'], []],
    ],
    ['pip: development', 'requirements-dev.txt', '-r base.txt\na==1\n', [['a 1'], ['unresolved-link']]],
    ['pip: another name', 'dev-requirements.txt', 'a==1\n', [['a 1'], []]],
    ['pip: a directory', 'requirements/prod.txt', 'a==1\n', [['a 1'], []]],
    ['pip: a text elsewhere', 'docs/prod.txt', 'a==1\n', [[], []]],
    [
      'nuget: packages.config',
      'packages.config',
      '<?xml version="1.0" encoding="utf-8"?>\n<packages>\n<package id="A.B" version="1.0.0" targetFramework="net48" />\n<package id="C" version="2.0" developmentDependency="true" />\n<package id="D" />\n</packages>',
      [['A.B 1.0.0'], ['bad-record']],
    ],
    ['nuget: half of packages.config', 'packages.config', '<packages><package', [[], ['unreadable-database']]],
    ['mix: damaged', 'mix.lock', '%{[{[{', [[], ['unreadable-database']]],
    ['mix: empty', 'mix.lock', '%{}\n', [[], []]],
    [
      'mix: half a file',
      'mix.lock',
      '%{\n  "a": {:hex, :a, "1.0", "x"},\n  "b": {:h',
      [['a 1.0'], ['unreadable-database']],
    ],
    ['mix: a conflict', 'mix.lock', '%{\n<<<<\n  "a": {:hex, :a, "1.0"},\n}\n', [['a 1.0'], ['bad-record']]],
    [
      'mix: of old versions',
      'mix.lock',
      '%{"a": {:hex, :a, "1.0"},\n  "b": {:hex, :b, "2.0"}}\n',
      [['a 1.0', 'b 2.0'], []],
    ],
    ['mix: another file', 'mix.lock', 'hello\n', [[], ['unreadable-database']]],
    ['swift: a pin that is a text', 'Package.resolved', '{"pins":["a"]}', [[], ['unknown-version']]],
    ['conan: a reference without version', 'conan.lock', '{"requires":["a"]}', [[], ['bad-record']]],
    ['composer: an entry that is null', 'composer.lock', '{"packages":[null]}', [[], ['bad-record']]],
    ['nuget: another file', 'packages.lock.json', '{"version":1}', [[], ['unreadable-database']]],
  ])('read %s', async (_, path, text, found) => {
    expect(await read([path, text])).toEqual(found);
  });

  test('read text in UTF-16', async () => {
    expect(await read(['requirements.txt', Buffer.from('\ufeffa==1.0\r\n', 'utf16le')])).toEqual([['a 1.0'], []]);
  });

  test.each<[what: string, mod: string | undefined, found: readonly string[]]>([
    ['before Go 1.17', 'module x\ngo 1.16\nrequire a.test/a v0.9.0\n', ['a.test/a v0.9.0', 'b.test/b v1.0.0']],
    ['without a version of Go', 'module x\nrequire a.test/a v0.9.0\n', ['a.test/a v0.9.0', 'b.test/b v1.0.0']],
    ['from Go 1.17 on', 'module x\ngo 1.17\nrequire a.test/a v0.9.0\n', ['a.test/a v0.9.0']],
    [
      'where a directory replaces a module',
      'module x\nrequire a.test/a v1.0.0\nreplace a.test/a => ../a\n',
      ['b.test/b v1.0.0'],
    ],
  ])('take modules from go.sum only as far as go.mod does not list them: %s', async (_, mod, found) => {
    const sum = 'a.test/a v1.0.0 h1:x=\nb.test/b v1.0.0 h1:x=\n';
    const [packages] = await read(...(mod === undefined ? [] : [['go.mod', mod] as const]), ['go.sum', sum]);
    expect(packages).toEqual(found);
  });

  const chain = (length: number): (readonly [string, string])[] =>
    Array.from({ length }, (_, number) => [`${number}.txt`, `-r ${number + 1}.txt\nb${number}==1\n`] as const);

  test.each<[what: string, files: readonly (readonly [path: string, text: string])[], found: Found]>([
    [
      'one',
      [
        ['requirements.txt', '-r base.txt\na==1\n'],
        ['base.txt', 'b==2\n'],
      ],
      [['a 1', 'b 2'], []],
    ],
    [
      'in every spelling',
      [
        ['requirements.txt', '-rb.txt\n--requirement=c.txt # x\n--requirement "d e.txt"\n'],
        ...[['b.txt', 'b==1'] as const, ['c.txt', 'c==1'] as const, ['d e.txt', 'd==1'] as const],
      ],
      [['b 1', 'c 1', 'd 1'], []],
    ],
    [
      'relative to the file that names it',
      [
        ['app/requirements.txt', '-r ../deps/a.txt\n'],
        ['deps/a.txt', '-r sub/b.txt\na==1\n'],
        ['deps/sub/b.txt', 'b==1 ; python_version < "3" --hash=sha256:0\nc[x]==2 \\\n  --hash=sha256:0\n'],
      ],
      [['a 1', 'b 1', 'c 2'], []],
    ],
    [
      'itself',
      [
        ['requirements.txt', '-r requirements.txt\n-r a.txt\na==1\n'],
        ['a.txt', '-r requirements.txt'],
      ],
      [['a 1'], []],
    ],
    [
      'one that is read itself',
      [
        ['requirements.txt', '-r requirements/base.txt\na==1\n'],
        ['requirements/base.txt', 'b==1\nc>1\n'],
      ],
      [['a 1', 'b 1'], ['unknown-version']],
    ],
    [
      'outside the tree',
      [
        ['requirements.txt', '-r ../a.txt\n-r /a.txt\n'],
        ['a.txt', 'a==1\n'],
      ],
      [[], ['unresolved-link']],
    ],
    [
      'constraints',
      [
        ['requirements.txt', '-c constraints.txt\nMy_Lib>=1\nb==1\nc\n'],
        ['constraints.txt', '-r more.txt\nmy-lib==1.5\nb==2\nunused==1\n'],
        ['more.txt', 'other==3\n'],
      ],
      [['b 1', 'My_Lib 1.5'], ['unknown-version']],
    ],
    [
      'constraints of a file that is read itself',
      [
        ['requirements.txt', '-c c.txt\n-r requirements/base.txt\n'],
        ['requirements/base.txt', 'b==1\nc>1\n'],
        ['c.txt', 'c==1.1\n'],
      ],
      [['c 1.1', 'b 1'], ['unknown-version']],
    ],
    [
      'too many',
      [['requirements.txt', '-r 0.txt'], ...chain(200)],
      [Array.from({ length: 100 }, (_, n) => `b${n} 1`), ['unresolved-link']],
    ],
  ])('read the files that requirements include: %s', async (_, files, found) => {
    expect(await read(...files)).toEqual(found);
  });

  test.each<[what: string, lines: string, message: string]>([
    ['one name', 'a\n'.repeat(100_000), '"a"'],
    [
      'many names',
      lines(50_000, (number) => `a${number}`),
      '"a20000", "a20001", "a20002", "a20003", "a20004", 49995 more',
    ],
    ['many continued lines', `a${'\\\n'.repeat(30_000)}`, '"a"'],
    [
      'addresses',
      'git+https://name:secret@acme.test/a.git@1.0\nhttps://acme.test/b.zip#egg=b\n-e git+ssh://git@acme.test/c@2\nd @ https://acme.test/d.zip',
      '"git+https://acme.test/a.git@1.0", "b", "git+ssh://acme.test/c@2", "d"',
    ],
  ])('keep little of requirements without an exact version: %s', async (_, text, message) => {
    const files = [{ path: 'requirements.txt', content: Buffer.from(text) }];
    const { problems } = await lockFiles.detect(files, createWorkBudget('x', workLimits.detector));
    expect(problems).toEqual([
      {
        code: 'unknown-version',
        path: 'requirements.txt',
        message: `Not listed, because the file has no exact version of them: ${message}`,
      },
    ]);
  });

  test('list what only many constraints show, or report it', async () => {
    const found = await read(
      ['requirements.txt', '-c c.txt\na0\na29999\n'],
      ['c.txt', lines(30_000, (number) => `a${number}==1`)],
    );
    expect(found).toEqual([['a0 1'], ['unknown-version']]);
  });

  test.each<[what: string, path: string, text: string]>([
    ['deep JSON', 'package-lock.json', `{"packages":${'{"a":'.repeat(100_000)}`],
    ['a million values', 'bun.lock', `{"packages":[${'1,'.repeat(1_000_000)}]}`],
    ['deep XML', 'pom.xml', `<project><dependencies>${'<a>'.repeat(1000)}`],
    ['many elements', 'pom.xml', `<project><dependencies>${'<a/>'.repeat(60_000)}</dependencies></project>`],
    ['many tables of TOML', 'poetry.lock', '[[a]]\n'.repeat(600_000)],
    ['long keys of TOML', 'Cargo.lock', `${'a.'.repeat(2000)}a = 1`],
    ['long keys of TOML in quotes', 'Cargo.lock', `[${'"a".'.repeat(2000)}a]`],
    ['deep keys of TOML', 'poetry.lock', `${'a.'.repeat(1_100_000)}a = 1`],
    ['large TOML', 'uv.lock', `# ${' '.repeat(17 * 1024 * 1024)}`],
  ])('keep to limits: %s', async (_, path, text) => {
    expect(await read([path, text])).toEqual([[], ['limit-reached']]);
  });

  test('list at most as many packages as a layer may have', async () => {
    const budget = createWorkBudget('x', workLimits.detector);
    const content = Buffer.from(lines(100_001, (number) => `a${number}==1`));
    const { features } = await lockFiles.detect([{ path: 'requirements.txt', content }], budget);
    expect(features).toHaveLength(100_000);
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});
