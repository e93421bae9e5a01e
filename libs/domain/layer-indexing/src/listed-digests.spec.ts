import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PackageFiles, Problem } from '@clarion/model';
import { featureDetectors } from '@clarion/feature-detectors';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildImage,
  buildZip,
  file,
  hardlink,
  openBuiltImage,
  symlink,
  type TarEntry,
  testBudget,
} from '@clarion/test-kit';
import { layerEntry } from '../testing/layer-entry';
import { stanza, useIndexing } from '../testing/use-indexing';
import { allDetectors, ecosystemSigns } from './ecosystem-signs';
import { type EvidenceFile, ListedDigests } from './listed-digests';
import { PackageFilesCollector } from './package-files';
import { decodeHashes, hashOfText } from './path-hashes';

const md5 = (text: string | Uint8Array): string => createHash('md5').update(text).digest('hex');
const npm = 'usr/lib/node_modules/npm/package.json';
const original = '{"name":"npm","version":"9.0.0"}';
/** Another file of that version. */
const alike = '{"name":"npm","version":"9.0.0","private":true}';
const other = '{"name":"npm","version":"10.0.0"}';

const apkOf = (checksum: string): Readonly<Record<string, string>> => ({
  'lib/apk/db/installed': `P:npm\nF:usr/lib/node_modules/npm\nR:package.json\na:0:0:644\nZ:${checksum}\n\n`,
});
const base64 = (algorithm: string): string => createHash(algorithm).update(original).digest('base64');
const dpkgOf = (digest: string, at = npm, name = 'npm'): Readonly<Record<string, string>> => ({
  [`var/lib/dpkg/info/${name}.list`]: `/.\n/${at.slice(0, at.lastIndexOf('/'))}\n/${at}\n`,
  [`var/lib/dpkg/info/${name}.md5sums`]: `${digest}  ${at}\n`,
});

async function collect(
  lists: Readonly<Record<string, string>>,
  files: readonly EvidenceFile[],
): Promise<{ stored: PackageFiles; problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const collector = new PackageFilesCollector((problem) => problems.push(problem));
  for (const [name, text] of Object.entries(lists)) {
    const content = Buffer.from(text);
    const entry = layerEntry(name, { size: content.length });
    if (collector.add(entry) !== undefined) collector.content(entry, content);
  }
  return { stored: (await collector.finish(files)).stored, problems };
}

describe('a file that its package did not bring', () => {
  test.each<[string, Readonly<Record<string, string>>, string, boolean]>([
    ['dpkg, the same', dpkgOf(md5(original)), original, false],
    ['dpkg, another', dpkgOf(md5(original)), other, true],
    ['dpkg, digests without a list', { 'var/lib/dpkg/status.d/npm.md5sums': `${md5(original)}  ${npm}` }, other, true],
    ['dpkg, by a name through /lib', dpkgOf(md5(original), npm.replace('usr/', '')), other, true],
    [
      'dpkg, taken over from another package',
      { ...dpkgOf(md5(other), npm, 'a'), ...dpkgOf(md5(original)) },
      original,
      false,
    ],
    ['dpkg, no digest of it', { 'var/lib/dpkg/info/npm.list': `/${npm}\n` }, other, false],
    ['dpkg, no digest at all', dpkgOf('not hexadecimal, but of 32 letters'.slice(0, 32)), other, false],
    ['dpkg, a digest of another length', dpkgOf(md5(original).slice(1)), other, false],
    ['apk, the same', apkOf(`Q1${base64('sha1')}`), original, false],
    ['apk, another', apkOf(`Q1${base64('sha1')}`), other, true],
    ['apk, the same by SHA-256', apkOf(`Q2${base64('sha256')}`), original, false],
    ['apk, another by SHA-256', apkOf(`Q2${base64('sha256')}`), other, true],
    ['apk, by an unknown algorithm', apkOf(`Q7${base64('sha1')}`), other, false],
    ['apk, a checksum that is cut off', apkOf('Q1aa'), other, false],
  ])('%s', async (_, lists, text, isReplaced) => {
    const { stored, problems } = await collect(lists, [{ paths: [npm], links: [], content: Buffer.from(text) }]);
    expect([...decodeHashes(stored.replaced ?? '')]).toEqual(isReplaced ? [hashOfText(npm)] : []);
    expect([stored.owned === undefined, problems]).toEqual([false, []]);
  });

  test('is not known where it was not read', async () => {
    const { stored } = await collect(dpkgOf(md5(original)), [{ paths: [npm], links: [] }]);
    expect(stored.replaced).toBeUndefined();
  });

  test('has several names', async () => {
    const file = { paths: ['srv/a', npm], links: ['usr/share/npm.json'], content: Buffer.from(other) };
    const { stored } = await collect(dpkgOf(md5(original)), [file]);
    expect(new Set(decodeHashes(stored.replaced ?? ''))).toEqual(
      new Set([...file.paths, ...file.links].map(hashOfText)),
    );
  });

  test.each<[string, Readonly<Record<string, string>>, string, string, boolean]>([
    ['what dpkg has a digest of', dpkgOf(md5(original)), other, '/srv/p.json', true],
    ['what dpkg has a digest of, by the same content', dpkgOf(md5(original)), original, '/srv/p.json', false],
    ['what dpkg has no digest of', { 'var/lib/dpkg/info/npm.list': `/${npm}\n` }, other, '/srv/p.json', false],
    ['a link of apk, which has a digest of its target', apkOf(`Q1${base64('sha1')}`), other, original, false],
    ['another link of apk', apkOf(`Q1${base64('sha1')}`), other, '/srv/p.json', true],
  ])('is a link in place of %s', async (_, lists, text, target, isReplaced) => {
    const targetOf = (link: string): string | undefined => (link === npm ? target : undefined);
    const { stored } = await collect(lists, [
      { paths: ['srv/p.json'], links: [npm], targetOf, content: Buffer.from(text) },
    ]);
    expect([...decodeHashes(stored.replaced ?? '')]).toEqual(isReplaced ? [hashOfText(npm)] : []);
  });

  test('counts as that of its package when the budget is used up', () => {
    const listed = new ListedDigests();
    listed.add(hashOfText(npm), 'md5', 1);
    const file = { paths: [npm], links: [], content: Buffer.from(other) };
    expect(listed.replaced([file], testBudget({ steps: 1 }))).toHaveLength(0);
    expect(listed.replaced([file], testBudget())).toHaveLength(1);
  });
});

describe('in images', () => {
  const { scan, store, deps } = useIndexing([
    ...featureDetectors.filter(({ id }) => ['dpkg', 'node', 'java', 'apk'].includes(id)),
    ...namespaceDetectors,
  ]);
  const jar = (version: string): Buffer =>
    buildZip([
      {
        name: 'META-INF/maven/org.acme/a/pom.properties',
        content: `groupId=org.acme\nartifactId=a\nversion=${version}\n`,
      },
    ]);
  const inLists = (lists: Readonly<Record<string, string>>): TarEntry[] =>
    Object.entries(lists).map(([name, text]) => file(name, text));
  const debian = (at: string, content: string | Uint8Array): TarEntry[] => [
    file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n'),
    file('var/lib/dpkg/status', stanza('npm')),
    ...inLists(dpkgOf(md5(content), at)),
  ];
  const archive = 'usr/share/java/a.jar';
  const ofNpm = debian(npm, original);
  const ofJar = debian(archive, jar('1.0'));

  test.each<[string, TarEntry[][], string | undefined]>([
    ['what the package brought', [[...ofNpm, file(npm, original)]], 'npm'],
    ['what replaced it in its layer', [[...ofNpm, file(npm, other)]], undefined],
    ['what came before the list', [[file(npm, other), ...ofNpm]], undefined],
    ['what replaced it, below a database that is written once more', [[...ofNpm, file(npm, other)], ofNpm], undefined],
    ['what a layer above has once more', [[...ofNpm, file(npm, original)], [file(npm, original)]], 'npm'],
    [
      'what a layer above replaced by one of that version',
      [[...ofNpm, file(npm, original)], [file(npm, alike)]],
      undefined,
    ],
    [
      'what a layer above has once more, of what replaced it',
      [[...ofNpm, file(npm, original)], [file(npm, alike)], [file(npm, alike)]],
      undefined,
    ],
    [
      'what a link of a layer above replaced',
      [
        [...ofNpm, file(npm, original)],
        [file('srv/p.json', alike), symlink(npm, '/srv/p.json')],
      ],
      undefined,
    ],
    [
      'what a link of its layer replaced',
      [[...ofNpm, file('srv/p.json', other), symlink(npm, '/srv/p.json')]],
      undefined,
    ],
    [
      'an archive that a layer above has once more',
      [[...ofJar, file(archive, jar('1.0'))], [file(archive, jar('1.0'))]],
      'npm',
    ],
    ['an archive of the package', [[...ofJar, file(archive, jar('1.0'))]], 'npm'],
    ['an archive that replaced it', [[...ofJar, file(archive, jar('2.0'))]], undefined],
    [
      'an archive that replaced it, by a link to it',
      [[...ofJar, file(archive, jar('2.0')), symlink('usr/share/java/0.jar', 'a.jar')]],
      undefined,
    ],
    [
      'a hard link to what replaced it',
      [
        [
          ...ofNpm,
          file('usr/lib/node_modules/a/package.json', other),
          hardlink(npm, 'usr/lib/node_modules/a/package.json'),
        ],
      ],
      undefined,
    ],
    [
      'apk',
      [
        [
          file('etc/os-release', 'ID=alpine\nVERSION_ID=3.20.1\n'),
          ...inLists(apkOf(`Q1${base64('sha1')}`)),
          file(npm, other),
        ],
      ],
      undefined,
    ],
  ])('%s', async (_, layers, owner) => {
    const { features } = await scan(openBuiltImage(buildImage({ layers })));
    const owners = features.filter(({ type }) => type === 'npm' || type === 'maven').map((one) => one.owner);
    expect(owners).toEqual([owner]);
  });

  test.each<[string, TarEntry[]]>([
    ['a file', [...ofNpm, file(npm, other)]],
    ['an archive', [...ofJar, file(archive, jar('2.0'))]],
  ])('%s of a layer that was read before lists were compared', async (_, entries) => {
    const built = buildImage({ layers: [entries] });
    const { layers } = await scan(openBuiltImage(built));
    const known = await store().layer(layers[0] ?? '', await allDetectors(deps().detectors));
    const directory = mkdtempSync(path.join(tmpdir(), 'listed-digests-'));
    const older = await openEmbeddedStore({ directory });
    try {
      const detections = known?.detections.filter(({ detector }) => detector !== ecosystemSigns.id) ?? [];
      await older.putLayer({ ...known!, detections });
      const { features } = await scan(openBuiltImage(built), { layers: older });
      const owners = features.filter(({ type }) => type === 'npm' || type === 'maven').map((one) => one.owner);
      expect([detections.length > 0, owners]).toEqual([true, [undefined]]);
    } finally {
      await older.close();
      rmSync(directory, { recursive: true });
    }
  });
});
