import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { enabledDetectors, type EffectiveImage } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, file, openBuiltImage, type TarEntry, whiteout } from '@clarion/test-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { indexImage } from './index-image';

const folder = mkdtempSync(path.join(tmpdir(), 'lock-files-'));
let store: Awaited<ReturnType<typeof openEmbeddedStore>>;
beforeAll(async () => {
  store = await openEmbeddedStore({ directory: folder });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function index(
  layers: readonly (readonly TarEntry[])[],
  { lockFiles = true }: { readonly lockFiles?: boolean } = {},
): Promise<EffectiveImage> {
  const detectors = localDetectorClient(enabledDetectors(featureDetectors, { lockFiles }));
  const built = buildImage({ layers: layers.map((layer) => [...layer]) });
  for await (const event of indexImage(openBuiltImage(built), { layers: store, detectors })) {
    if (event.kind === 'image.assembled') return event.image;
  }
  throw new Error('The image was not assembled');
}

const listed = ({ features }: EffectiveImage): readonly string[] =>
  features.map(({ name, version, path: at }) => `${name} ${version} ${at}`);

const lock = (at: string, ...versions: readonly string[]): TarEntry => {
  const packages = Object.fromEntries(versions.map((version, n) => [`node_modules/${n}/node_modules/a`, { version }]));
  return file(at, JSON.stringify({ lockfileVersion: 3, packages }));
};
const installed = (directory: string, version: string): TarEntry =>
  file(`${directory}/node_modules/a/package.json`, JSON.stringify({ name: 'a', version }));

test.each<[what: string, layers: readonly (readonly TarEntry[])[], found: readonly string[]]>([
  [
    'is installed below its directory',
    [[lock('app/package-lock.json', '1.0.0'), installed('app', '1.0.0')]],
    ['a 1.0.0 app/node_modules/a/package.json'],
  ],
  [
    'is installed by another layer',
    [[lock('app/package-lock.json', '1.0.0')], [installed('app/packages/b', '1.0.0')]],
    ['a 1.0.0 app/packages/b/node_modules/a/package.json'],
  ],
  [
    'is installed in the root directory',
    [[lock('package-lock.json', '1.0.0'), installed('srv/x', '1.0.0')]],
    ['a 1.0.0 srv/x/node_modules/a/package.json'],
  ],
  [
    'is installed elsewhere',
    [[lock('app/package-lock.json', '1.0.0'), installed('app2', '1.0.0')]],
    ['a 1.0.0 app/package-lock.json', 'a 1.0.0 app2/node_modules/a/package.json'],
  ],
  [
    'is installed in another version',
    [[lock('app/package-lock.json', '1.0.0'), installed('app', '1.0.1')]],
    ['a 1.0.1 app/node_modules/a/package.json', 'a 1.0.0 app/package-lock.json'],
  ],
  [
    'was installed, and is gone',
    [[lock('app/package-lock.json', '1.0.0'), installed('app', '1.0.0')], [whiteout('app/node_modules')]],
    ['a 1.0.0 app/package-lock.json'],
  ],
  [
    'is in two lock files of a directory',
    [[lock('app/package-lock.json', '1.0.0', '2.0.0'), file('app/yarn.lock', 'a@1:\n  version "1.0.0"\n')]],
    ['a 1.0.0 app/package-lock.json', 'a 2.0.0 app/package-lock.json'],
  ],
  [
    'is in lock files of two directories',
    [[lock('app/package-lock.json', '1.0.0'), lock('app/b/package-lock.json', '1.0.0')]],
    ['a 1.0.0 app/b/package-lock.json', 'a 1.0.0 app/package-lock.json'],
  ],
  [
    'has another spelling where it is installed',
    [
      [
        file('app/requirements.txt', 'Zope.Interface==5.4.0\n'),
        file(
          'app/.venv/lib/python3/site-packages/zope_interface-5.4.0.dist-info/METADATA',
          'Name: zope-interface\nVersion: 5.4.0\n',
        ),
      ],
    ],
    ['zope-interface 5.4.0 app/.venv/lib/python3/site-packages/zope_interface-5.4.0.dist-info/METADATA'],
  ],
])('a package of a lock file that %s', async (_, layers, found) => {
  expect(listed(await index(layers))).toEqual(found);
});

const unresolved = ({ problems }: EffectiveImage): readonly string[] =>
  problems.flatMap(({ code, message }) => (code === 'unresolved-link' ? [message] : []));

test.each<[what: string, files: readonly TarEntry[], found: readonly string[], problems: readonly string[]]>([
  [
    'of any name',
    [file('app/requirements.txt', '-r ../deps/a.txt\n'), file('deps/a.txt', 'a==1\n'), file('docs/a.txt', 'x==1\n')],
    ['a 1 app/requirements.txt'],
    [],
  ],
  [
    'that come first in the archive, and others that these name',
    [
      ...[file('a.txt', 'a==1\n  -c b.txt\n'), file('b.txt', '--constraint=c.txt\n'), file('c.txt', 'x==3\n')],
      file('requirements.txt', '-r a.txt\nx\n'),
    ],
    ['a 1 requirements.txt', 'x 3 requirements.txt'],
    [],
  ],
  [
    'that are not there, or not in the tree',
    [file('requirements.txt', '-r a.txt\n-r ../b.txt\n-r https://a.test/c.txt\na==1\n'), file('b.txt', 'b==1\n')],
    ['a 1 requirements.txt'],
    ['Not read, although the file includes them: "a.txt", "../b.txt", "https://a.test/c.txt"'],
  ],
])('files that requirements include are read: %s', async (_, files, found, problems) => {
  const image = await index([files]);
  expect([listed(image), unresolved(image)]).toEqual([found, problems]);
});

test('more files than are kept are included', async () => {
  const lines = Array.from({ length: 1001 }, (_, number) => `-r ${number}.txt\n`).join('');
  const { problems } = await index([[file('requirements.txt', lines)]]);
  expect(problems.map(({ code }) => code)).toEqual(['limit-reached', 'unresolved-link']);
});

test('a layer that was read without lock files is read for them when they are on', async () => {
  const layers = [[lock('app/package-lock.json', '3.0.0')]];
  const without = await index(layers, { lockFiles: false });
  expect([listed(without), without.ecosystems]).toMatchObject([[], [{ id: 'npm', example: 'app/package-lock.json' }]]);
  const withThem = await index(layers);
  expect([listed(withThem), withThem.ecosystems]).toEqual([['a 3.0.0 app/package-lock.json'], undefined]);
  // The facts of both are kept.
  expect(await index(layers, { lockFiles: false })).toEqual(without);
});

const packageJson = (at: string, version = '4.17.20'): TarEntry =>
  file(at, JSON.stringify({ name: 'x', version: '1.0.0', dependencies: { lodash: version } }));
const project = '<Project><ItemGroup><PackageReference Include="a" Version="1"/></ItemGroup></Project>';
const gradle = "dependencies { implementation 'a:b:1' }\n";
const pyproject = '[project]\nname = "x"\ndependencies = ["a==1"]\n';
const cargo = '[dependencies]\na = "1"\n';
const unread = ({ ecosystems = [] }: EffectiveImage): readonly string[] =>
  ecosystems.map(({ id, files, example }) => `${id} ${files} ${example}`);

test.each<[what: string, layers: readonly (readonly TarEntry[])[], found: readonly string[]]>([
  ['constraints.txt', [[file('app/constraints.txt', 'a==1\n')]], ['pypi 1 app/constraints.txt']],
  ['a project of .NET', [[file('app/App.csproj', project)]], ['nuget 1 app/App.csproj']],
  ['a project of Gradle', [[file('app/build.gradle', gradle)]], ['maven 1 app/build.gradle']],
  [
    'one beside another that has a lock file',
    [[lock('a/package-lock.json', '1.0.0'), packageJson('a/package.json'), packageJson('b/package.json')]],
    ['npm 1 b/package.json'],
  ],
  ['a workspace', [[lock('package-lock.json', '1.0.0'), packageJson('packages/b/package.json')]], []],
  ['a workspace of Cargo', [[file('Cargo.lock', 'version = 3\n'), file('b/Cargo.toml', cargo)]], []],
  ['an empty lock file', [[file('a/yarn.lock', '# yarn lockfile v1\n'), packageJson('a/package.json')]], []],
  ['a lock file of a later layer', [[packageJson('a/package.json')], [lock('a/package-lock.json', '1.0.0')]], []],
  ['packages that are installed', [[packageJson('a/package.json')], [installed('a', '1.0.0')]], []],
  [
    'packages that are installed elsewhere',
    [[packageJson('a/package.json'), installed('usr/local/lib', '1.0.0')]],
    ['npm 1 a/package.json'],
  ],
  [
    'packages of Python that are installed for all',
    [
      [
        file('a/pyproject.toml', pyproject),
        file('usr/local/lib/site-packages/a-1.dist-info/METADATA', 'Name: a\nVersion: 1\n'),
      ],
    ],
    [],
  ],
  [
    'packages of Python in another project',
    [
      [
        ...[file('a/pyproject.toml', pyproject), file('b/pyproject.toml', pyproject)],
        file('b/.venv/lib/site-packages/a-1.dist-info/METADATA', 'Name: a\nVersion: 1\n'),
      ],
    ],
    ['pypi 1 a/pyproject.toml'],
  ],
  [
    'metadata of the project itself',
    [[file('a/setup.py', "setup(install_requires=['b'])"), file('a/x.egg-info/PKG-INFO', 'Name: x\nVersion: 1\n')]],
    ['pypi 1 a/setup.py'],
  ],
  [
    'projects of Gradle, each with its own lock file',
    [[file('build.gradle', gradle), file('a/build.gradle', gradle), file('a/gradle.lockfile', 'a:b:1=x\n')]],
    [],
  ],
  [
    'a project of Gradle below another with a lock file',
    [[file('gradle.lockfile', 'a:b:1=x\n'), file('a/build.gradle', gradle)]],
    ['maven 1 a/build.gradle'],
  ],
  [
    'only the lock file of plugins',
    [[file('build.gradle', gradle), file('buildscript-gradle.lockfile', 'a:b:1=classpath\n')]],
    ['maven 1 build.gradle'],
  ],
  [
    'only requirements of tools',
    [
      [
        ...['requirements-dev.txt', 'test_requirements.txt', 'requirements/docs.txt'].map((at) => file(at, 'a==1\n')),
        file('setup.py', "setup(install_requires=['b'])"),
      ],
    ],
    ['pypi 1 setup.py'],
  ],
  [
    'central versions of .NET',
    [
      [
        file('Directory.Packages.props', '<Project><PackageVersion Include="a" Version="1"/></Project>'),
        ...[file('a/A.csproj', project), file('a/packages.lock.json', '{"version":1,"dependencies":{"net8.0":{}}}')],
      ],
    ],
    [],
  ],
  [
    'requirements of a directory',
    [[file('a/requirements/prod.txt', 'a==1\n'), file('a/setup.py', "setup(install_requires=['b'])")]],
    [],
  ],
  [
    'packages of others, tests and samples',
    [[...['a/vendor/b', 'tests/a', 'examples/a', 'node_modules/x/lib'].map((at) => packageJson(`${at}/package.json`))]],
    [],
  ],
  ['a manifest that is gone', [[packageJson('a/package.json')], [whiteout('a/package.json')]], []],
  [
    'a manifest that declares nothing',
    [[file('a/package.json', '{"type":"module"}'), file('pyproject.toml', '[tool.black]\n')]],
    [],
  ],
])('manifests without a lock file count as unread: %s', async (_, layers, found) => {
  const image = await index(layers);
  expect(unread(image)).toEqual(found);
  expect(image.problems).toEqual([]);
});

test('manifests do not matter where lock files are not read', async () => {
  const layers = [[packageJson('a/package.json'), file('b/App.csproj', project)]];
  expect((await index(layers, { lockFiles: false })).ecosystems).toBeUndefined();
});
