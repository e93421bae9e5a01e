import {
  type BuiltImage,
  buildImage,
  buildTar,
  dockerArchiveMembers,
  endBlocks,
  file,
  member,
  octal,
  pax,
  rawHeader,
  sha256,
  writeOciLayout,
} from '@clarion/test-kit';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  debianBase,
  dockerArchive,
  type Expectation,
  type HostileImage,
  openTar,
  stanza,
  status,
  statusPath,
  vulnerable,
} from '../hostile-image';

// Archives that two programs read differently: container runtimes, which are written in Go, see a vulnerable image
// here. A scanner that reads them in another way sees a clean one.

const harmless = stanza('clean', '1');

/** Headers that hide the package database from those who read them otherwise than Go's archive/tar. */
const tars: readonly (readonly [name: string, expect: Expectation, database: () => Uint8Array])[] = [
  ['sparse name without a version', 'found', () => named([['GNU.sparse.name', 'tmp/x']])],
  ['extended header before a global one', 'found', () => beforeGlobal(pax([['path', 'tmp/x']]))],
  ['long name before a global header', 'found', () => beforeGlobal(member({ flag: 'L' }, 'tmp/x\0'))],
  ['empty long name', 'found', () => joined(member({ flag: 'L' }, '\0'), database())],
  ['file with a slash at its end', 'found', () => member({ name: `${statusPath}/` }, vulnerable)],
  [
    'prefix in a header of GNU',
    'found',
    () => member({ name: 'status', format: 'gnu', prefix: 'var/lib/dpkg' }, vulnerable),
  ],
  [
    'sparse file of a version there is not',
    'found',
    () =>
      named([
        ['GNU.sparse.major', '0'],
        ['GNU.sparse.minor', '7'],
        ['GNU.sparse.map', '0,0'],
        ['GNU.sparse.numblocks', '1'],
        ['GNU.sparse.size', '1'],
        ['GNU.sparse.name', 'tmp/x'],
      ]),
  ],
  [
    'empty long link',
    'found',
    () =>
      joined(
        member({ name: 'usr/share/status' }, vulnerable),
        member({ flag: 'K' }, '\0'),
        member({ name: statusPath, flag: '1', link: 'usr/share/status' }),
      ),
  ],
  [
    'extended header before a volume label',
    'not-clean',
    () => joined(pax([['path', 'tmp/x']]), member({ flag: 'V', name: 'v' }), database()),
  ],
  ['extended header of Solaris', 'not-clean', () => joined(pax([['path', 'tmp/x']], 'X'), database())],
  ['sparse map that goes on after a block that is not full', 'found', oldSparse],
];

const database = (): Uint8Array => member({ name: statusPath }, vulnerable);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
const named = (records: readonly (readonly [string, string])[]): Uint8Array => joined(pax(records), database());
const beforeGlobal = (header: Uint8Array): Uint8Array => joined(header, pax([['comment', 'x']], 'g'), database());

/** The database as an old sparse file of GNU: its only piece is in the second block behind the header. */
function oldSparse(): Uint8Array {
  const number = (value: number): string => `${octal(value, 11)}\0`;
  const size = vulnerable.length;
  const full = Buffer.alloc(512);
  full[504] = 1;
  const last = Buffer.alloc(512);
  last.write(`${number(0)}${number(size)}`, 'latin1');
  const patches = { 482: '\x01', 483: number(size) };
  const header = rawHeader({ name: statusPath, flag: 'S', format: 'gnu', size, patches });
  return joined(header, full, last, member({}, vulnerable).subarray(512));
}

const clean = (): BuiltImage => buildImage({ layers: [[...debianBase, status(harmless)]], repoTags: ['app:1'] });
/** The clean image and a layer more. */
const infected = (): BuiltImage =>
  buildImage({ layers: [[...debianBase, status(harmless)], [status()]], repoTags: ['app:1'] });

type Json = Record<string, unknown>;
type PutJson = (text: string) => Json;

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A layout with the blobs of both images and an index from `write`. */
function layout(name: string, expect: Expectation, write: (put: PutJson) => unknown): HostileImage {
  return {
    name: `two readings/${name}`,
    expect,
    write(directory) {
      const target = join(directory, 'layout');
      writeOciLayout(target, [clean(), infected()]);
      const put: PutJson = (text) => {
        const digest = sha256(Buffer.from(text));
        writeFileSync(join(target, 'blobs', digest.replace(':', '/')), text);
        return { digest, size: Buffer.byteLength(text) };
      };
      writeFileSync(join(target, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: write(put) }));
      return `oci:${target}`;
    },
  };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const parsed = (bytes: Uint8Array): Json => JSON.parse(textOf(bytes)) as Json;
const entryOf = (image: BuiltImage, more: Json = {}): Json => ({
  mediaType: manifestType,
  digest: image.manifestDigest,
  size: image.manifest.length,
  ...more,
});
const amd64 = { os: 'linux', architecture: 'amd64' };

/** A manifest and its configuration of both images: if a name has two forms, Go takes the second one. */
function bothLists(put: PutJson, [layersName, diffIdsName]: readonly [string, string]): readonly Json[] {
  const [own, other] = [clean(), infected()];
  const list = (image: BuiltImage): string => JSON.stringify(parsed(image.manifest)['layers']);
  const diffIds = (image: BuiltImage): string => JSON.stringify(image.layers.map(({ diffId }) => diffId));
  const config = put(
    `{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":${diffIds(own)},"${diffIdsName}":${diffIds(other)}}}`,
  );
  const type = 'application/vnd.oci.image.config.v1+json';
  const described = JSON.stringify({ mediaType: type, ...config });
  const manifest = `{"schemaVersion":2,"config":${described},"layers":${list(own)},"${layersName}":${list(other)}}`;
  return [{ mediaType: manifestType, ...put(manifest) }];
}

const layouts: readonly HostileImage[] = [
  layout('members in other case', 'not-clean', (put) => bothLists(put, ['Layers', 'Diff_IDs'])),
  layout('members that Go takes for others', 'not-clean', (put) => bothLists(put, ['layer\u017f', 'diff_id\u017f'])),
  layout('members twice', 'not-clean', (put) => bothLists(put, ['layers', 'diff_ids'])),
  layout('index and manifest in one', 'not-clean', (put) => [
    {
      mediaType: manifestType,
      ...put(JSON.stringify({ ...parsed(infected().manifest), manifests: [entryOf(clean())] })),
    },
  ]),
  layout('image with the annotation of an attestation', 'found', () => [
    entryOf(infected(), { platform: amd64, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }),
    entryOf(clean(), { platform: { ...amd64, variant: 'v2' } }),
  ]),
  layout('platform in capitals', 'found', () => [
    entryOf(infected(), { platform: { os: 'Linux', architecture: 'AMD64' } }),
    entryOf(clean(), { platform: { ...amd64, variant: 'v2' } }),
  ]),
  layout('two manifests of one platform', 'not-clean', () => [
    entryOf(clean(), { platform: amd64 }),
    entryOf(infected(), { platform: amd64 }),
  ]),
  layout('two manifests of one name', 'not-clean', () => [
    entryOf(clean(), { platform: amd64, annotations: { 'io.containerd.image.name': 'docker.io/library/app:1' } }),
    entryOf(infected(), { annotations: { 'io.containerd.image.name': 'docker.io/library/app:1' } }),
  ]),
];

function archive(name: string, members: () => Parameters<typeof buildTar>[0]): HostileImage {
  return {
    name: `two readings/${name}`,
    expect: 'not-clean',
    write(directory) {
      const target = join(directory, 'image.tar');
      writeFileSync(target, buildTar(members()));
      return `docker-archive:${target}`;
    },
  };
}

const documents = ['index.json', 'manifest.json'];
const blobs = (): Parameters<typeof buildTar>[0] =>
  dockerArchiveMembers([clean(), infected()], 'oci-carrying').filter(({ path }) => !documents.includes(path));
const document = (name: string, image: BuiltImage): Parameters<typeof buildTar>[0] =>
  dockerArchiveMembers([image], 'oci-carrying').filter(({ path }) => path === name);

const archives: readonly HostileImage[] = [
  archive('manifest.json and index.json of two images', () => [
    ...blobs(),
    ...document('index.json', clean()),
    ...document('manifest.json', infected()),
  ]),
  archive('manifest.json of two images of one name', () => dockerArchiveMembers([clean(), infected()], 'v1.1')),
  archive('two manifest.json', () => [
    ...blobs().filter(({ path }) => path !== 'oci-layout'),
    ...document('manifest.json', infected()),
    ...document('manifest.json', clean()),
  ]),
  archive('manifest.json with members in other case', () => {
    const list = (image: BuiltImage): Json =>
      (JSON.parse(textOf(Buffer.from(contentOf(document('manifest.json', image))))) as Json[])[0] ?? {};
    const { Config: config, Layers: layers } = list(infected());
    return [
      ...blobs().filter(({ path }) => path !== 'oci-layout'),
      file('manifest.json', JSON.stringify([{ ...list(clean()), config, layers }])),
    ];
  }),
];

function contentOf([entry]: Parameters<typeof buildTar>[0]): string | Uint8Array {
  return entry?.content ?? '';
}

export const twoReadings: readonly HostileImage[] = [
  ...tars.map(([name, expect, hostile]) =>
    dockerArchive(`tar of two readings/${name}`, expect, () => [
      [...debianBase, status(harmless)],
      Buffer.concat([openTar([]), hostile(), endBlocks]),
    ]),
  ),
  ...layouts,
  ...archives,
];
