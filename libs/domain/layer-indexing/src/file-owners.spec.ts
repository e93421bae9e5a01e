import type { Feature, LayerIndex, PackageFiles, WorkBudget } from '@clarion/model';
import { featureDetectors } from '@clarion/feature-detectors';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { buildImage, file, openBuiltImage, symlink, type TarEntry, testBudget, whiteout } from '@clarion/test-kit';
import { layerEntry } from '../testing/layer-entry';
import { stanza, useIndexing } from '../testing/use-indexing';
import { ownersIn } from './file-owners';
import { PackageFilesCollector } from './package-files';
import { decodeOwners, storedOwners } from './stored-owners';
import { emptyView } from './view-tree';

const metadata = 'usr/lib/python3/dist-packages/wheel-0.38.4.egg-info/PKG-INFO';
const ofPython = 'python3-wheel';

async function stored(files: Readonly<Record<string, string>>): Promise<PackageFiles> {
  const collector = new PackageFilesCollector(() => undefined);
  for (const [path, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const entry = layerEntry(path, { size: content.length });
    if (collector.add(entry) !== undefined) collector.content(entry, content);
  }
  return (await collector.finish()).stored;
}

/** The list of dpkg of a package with one file. */
const listOf = (name: string, path = metadata): Readonly<Record<string, string>> => ({
  [`var/lib/dpkg/info/${name}.list`]: ['.', ...path.split('/')]
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))
    .join('\n'),
});

interface Case {
  readonly lists: readonly Readonly<Record<string, string>>[];
  readonly path?: string;
  readonly layer?: number;
  readonly type?: string;
  readonly installed?: readonly string[];
  /** The versions of the package in the databases of the layers; '' where only another package is in it. */
  readonly versions?: readonly (string | undefined)[];
  readonly budget?: WorkBudget;
}

async function ownerOf(one: Case): Promise<string | undefined> {
  const { lists, path = metadata, layer = 0, type = 'pypi', installed = [ofPython] } = one;
  const layers = await Promise.all(
    lists.map(async (files, number): Promise<[number, LayerIndex]> => {
      const version = one.versions?.[number];
      const features: Feature[] =
        version === undefined
          ? []
          : [{ type: 'dpkg', name: version === '' ? 'other' : ofPython, version, path: 'var/lib/dpkg/status' }];
      const detection = { detector: 'ecosystem-signs', features, packageFiles: await stored(files) };
      return [number, { detections: [detection] } as unknown as LayerIndex];
    }),
  );
  const feature = { feature: { type, name: 'wheel', version: '0.38.4', path }, layer };
  const others = installed.map((name) => {
    const found: Feature = { type: 'dpkg', name, version: '1', path: 'var/lib/dpkg/status' };
    return { feature: found, layer: 0 };
  });
  return ownersIn(layers, [feature, ...others], emptyView(one.budget ?? testBudget()))?.(feature);
}

describe('the owner of a package of a language', () => {
  const apk = `P:busybox\nF:bin\nR:busybox\n\nP:${ofPython}\nF:${metadata.replace(/\/[^/]*$/, '')}\nR:PKG-INFO\n\n`;
  const digest = 'd41d8cd98f00b204e9800998ecf8427e';

  test.each<[string, Case, string | undefined]>([
    ['is in the layer that has file and list', { lists: [listOf(ofPython)] }, ofPython],
    ['has an architecture in the name of its list', { lists: [listOf(`${ofPython}:amd64`)] }, ofPython],
    [
      'is named by digests',
      { lists: [{ [`var/lib/dpkg/info/${ofPython}.md5sums`]: `${digest}  ${metadata}` }] },
      ofPython,
    ],
    [
      'is in an image of distroless',
      { lists: [{ [`var/lib/dpkg/status.d/${ofPython}.md5sums`]: `${digest}  ${metadata}` }] },
      ofPython,
    ],
    ['is a package of apk', { lists: [{ 'lib/apk/db/installed': apk }] }, ofPython],
    [
      'is a package of pacman',
      { lists: [{ [`var/lib/pacman/local/${ofPython}-0.38-1/files`]: listOf('')['var/lib/dpkg/info/.list'] ?? '' }] },
      ofPython,
    ],
    [
      'owns what is in the metadata directory',
      { lists: [listOf(ofPython, metadata.replace('/PKG-INFO', ''))] },
      ofPython,
    ],
    ['lists the file through /lib', { lists: [listOf(ofPython, metadata.replace('usr/', ''))] }, ofPython],
    ['is in an upper layer that lists the file', { lists: [{}, listOf(ofPython)] }, ofPython],
    [
      'brought a newer one in this layer',
      { lists: [listOf(ofPython), listOf(ofPython)], layer: 1, versions: ['1', '2'] },
      ofPython,
    ],
    [
      'was removed, then installed in this layer once more',
      {
        lists: [listOf(ofPython), listOf('other', 'usr/bin/x'), listOf(ofPython)],
        ...{ layer: 2, versions: ['1', '', '1'] },
      },
      ofPython,
    ],
    [
      'had its copy replaced in a layer that has its list once more',
      { lists: [listOf(ofPython), listOf(ofPython)], layer: 1, versions: ['1'] },
      undefined,
    ],
    [
      'had its copy replaced in a layer that has the whole database once more',
      { lists: [listOf(ofPython), listOf(ofPython)], layer: 1, versions: ['1', '1'] },
      undefined,
    ],
    ['had its copy replaced', { lists: [listOf(ofPython), {}], layer: 1 }, undefined],
    [
      'had its copy replaced, and another package was installed then',
      { lists: [listOf(ofPython), listOf('other', 'usr/bin/x')], layer: 1 },
      undefined,
    ],
    [
      'had its copy replaced before the whole database was written',
      { lists: [listOf(ofPython), {}, listOf(ofPython)], layer: 1 },
      undefined,
    ],
    ['is not in the image any more', { lists: [listOf(ofPython)], installed: [] }, undefined],
    ['does not list the file', { lists: [listOf(ofPython, 'usr/bin/wheel')] }, undefined],
    [
      'lists no directory of the file: hashes can be equal',
      { lists: [{ [`var/lib/dpkg/info/${ofPython}.list`]: `/${metadata}` }] },
      undefined,
    ],
    ['does not divert it', { lists: [{ 'var/lib/dpkg/diversions': `/${metadata}\n/x\n${ofPython}\n` }] }, undefined],
    [
      'lists what is diverted, and something else is there',
      { lists: [{ ...listOf(ofPython), 'var/lib/dpkg/diversions': `/${metadata}\n/${metadata}.distrib\n:\n` }] },
      undefined,
    ],
    [
      'diverts what another package lists too',
      {
        lists: [{ ...listOf('a'), ...listOf(ofPython), 'var/lib/dpkg/diversions': `/${metadata}\n/x\n${ofPython}\n` }],
      },
      ofPython,
    ],
    [
      'lists what another package diverts',
      { lists: [{ ...listOf(ofPython), ...listOf('z'), 'var/lib/dpkg/diversions': `/${metadata}\n/x\nz\n` }] },
      undefined,
    ],
    ['is not sought for a type of a user', { lists: [listOf(ofPython)], type: 'x-acme' }, undefined],
    ['is not sought for packages of a distribution', { lists: [listOf(ofPython)], type: 'dpkg' }, undefined],
    ['is unknown without lists', { lists: [{}] }, undefined],
    [
      'is unknown when the budget is used up',
      { lists: [listOf(ofPython)], budget: testBudget({ steps: 0 }) },
      undefined,
    ],
  ])('%s', async (_, one, owner) => {
    expect(await ownerOf(one)).toBe(owner);
  });
});

describe('in images', () => {
  const { scan } = useIndexing([
    ...featureDetectors.filter(({ id }) => id === 'dpkg' || id === 'python'),
    ...namespaceDetectors,
  ]);
  const debian = [
    file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n'),
    file('var/lib/dpkg/status', stanza(ofPython)),
    ...Object.entries(listOf(ofPython)).map(([name, text]) => file(name, text)),
  ];
  const listedAs = (path: string): TarEntry[] => [
    ...debian.slice(0, 2),
    ...Object.entries(listOf(ofPython, path)).map(([name, text]) => file(name, text)),
  ];
  const throughLib = listedAs(metadata.replace('usr/', ''));
  const throughLib64 = listedAs(metadata.replace('/lib/', '/lib64/'));
  const wheelOf = (version: string): string => `Metadata-Version: 2.1\nName: wheel\nVersion: ${version}\n`;
  const wheel = (version: string): TarEntry => file(metadata, wheelOf(version));
  const shared = 'usr/share/wheel/METADATA';
  const elsewhere = file('srv/venv/wheel-1.0.egg-info/PKG-INFO', 'Metadata-Version: 2.1\nName: wheel\nVersion: 1.0\n');

  test.each<[string, TarEntry[][], (string | undefined)[]]>([
    [
      'a copy of the distribution has an owner, others have none',
      [[...debian, wheel('0.38.4'), elsewhere]],
      [undefined, ofPython],
    ],
    ['files below the database have an owner', [[wheel('0.38.4')], debian], [ofPython]],
    ['files above the database have none', [debian, [wheel('0.40')]], [undefined]],
    ['a newer version over it has none', [[...debian, wheel('0.38.4')], [wheel('0.40')]], [undefined]],
    ['the same version once more has one', [[...debian, wheel('0.38.4')], [wheel('0.38.4')]], [ofPython]],
    ['a file is listed through a link', [[...throughLib, symlink('lib', 'usr/lib'), wheel('0.38.4')]], [ofPython]],
    [
      'a file is listed in another directory',
      [[...throughLib, file('lib/python3/a-1.egg-info/PKG-INFO', 'x'), wheel('0.38.4')]],
      [undefined],
    ],
    ['a file is listed in a directory of another name', [[...throughLib64, wheel('0.38.4')]], [undefined]],
    [
      'a file is listed in a directory that is a link now',
      [[...throughLib64, symlink('usr/lib64', 'lib'), wheel('0.38.4')]],
      [ofPython],
    ],
    [
      'a link of another layer makes a file of the distribution a package',
      [
        [...listedAs(shared), file(shared, wheelOf('0.38.4'))],
        [symlink('opt/wheel-0.38.4.dist-info', '/usr/share/wheel')],
      ],
      [ofPython],
    ],
    ['without its package, none', [[...debian, wheel('0.38.4')], [whiteout('var/lib/dpkg/status')]], [undefined]],
  ])('%s', async (_, layers, owners) => {
    const { features } = await scan(openBuiltImage(buildImage({ layers })));
    expect(features.filter(({ type }) => type === 'pypi').map(({ owner }) => owner)).toEqual(owners);
    expect(
      features
        .filter(({ type }) => type === 'dpkg')
        .map(({ owner }) => owner)
        .filter(Boolean),
    ).toEqual([]);
  });
});

describe('the lists of a layer', () => {
  const ofSize = (packages: number, files: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length: packages }, (_, number) => {
        const lines = Array.from({ length: files / packages }, (__, file) => `/usr/share/${number}/${file}`);
        return [`var/lib/dpkg/info/library-of-${number}.list`, lines.join('\n')];
      }),
    );

  test('of 20,000 files of 400 packages are stored in 150 KB', async () => {
    const size = JSON.stringify(await stored(ofSize(400, 20_000))).length;
    expect(size).toBeGreaterThan(50_000);
    expect(size).toBeLessThan(150_000);
  });

  test('keep the names of 20,000 packages, and none of an unusual length', async () => {
    const { packages = [] } = await stored({ ...ofSize(20_100, 20_100), ...listOf('x'.repeat(201)) });
    expect(packages).toHaveLength(20_000);
  });
});

describe('what is stored', () => {
  const hashes = Uint32Array.of(1, 2, 3, 9);

  test('names the packages with most files first, and only those with files', () => {
    const found = storedOwners({ hashes, owners: Uint32Array.of(0, 3, 1, 3) }, ['a', 'b', 'c']);
    expect(found.packages).toEqual(['c', 'a']);
    expect(decodeOwners(found)).toEqual({
      hashes,
      owners: Uint32Array.of(0, 1, 2, 1),
      packages: ['c', 'a'],
      replaced: new Uint32Array(),
    });
  });

  test('has no owners where none are known, or nothing is owned', () => {
    expect(Object.keys(storedOwners({ hashes, owners: new Uint32Array(4) }, ['a']))).toEqual(['owned']);
    expect(storedOwners({ hashes: new Uint32Array(), owners: new Uint32Array() }, ['a'])).toEqual({});
    expect(decodeOwners({ owned: 'AQ==' })).toBeUndefined();
  });
});
