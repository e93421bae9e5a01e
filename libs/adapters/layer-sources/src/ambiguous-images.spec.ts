import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Digest, Platform } from '@clarion/model';
import {
  buildImage,
  buildTar,
  dockerArchiveMembers,
  file,
  ociLayoutMembers,
  sha256,
  type BuiltImage,
  type TarEntry,
} from '@clarion/test-kit';
import { closeOpened, failure, linux, open } from '../testing/opened-images';

let scratch = '';
let image = '';

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-ambiguous-'));
  image = path.join(scratch, 'image.tar');
});

afterEach(async () => {
  await closeOpened();
  rmSync(scratch, { recursive: true, force: true });
});

const named = { repoTags: ['team/app:1'] };
const clean = buildImage({ layers: [[file('app', 'clean')]], ...named });
const other = buildImage({ layers: [[file('app', 'other')]], ...named });
const arm = buildImage({ layers: [[file('app', 'arm')]], platform: linux('arm64'), ...named });
/** The image `clean` in another compression: another manifest of the same configuration. */
const zipped = buildImage({ layers: [[file('app', 'clean')]], compression: 'gzip', ...named });

interface IndexEntry {
  readonly digest: Digest;
  readonly platform?: object;
  readonly annotations?: object;
}

type Change = (entry: IndexEntry) => IndexEntry;

const asItIs: Change = (entry) => entry;
const unnamed: Change = ({ annotations, ...entry }) => entry;
const of = (target: BuiltImage, change: Change): Change => {
  return (entry) => (entry.digest === target.manifestDigest ? change(entry) : entry);
};
const called = (platform: object): Change => of(other, (entry) => ({ ...entry, platform }));

function entriesOf(members: readonly TarEntry[], change: Change): readonly IndexEntry[] {
  const index = members.find((member) => member.path === 'index.json');
  const text = Buffer.from((index?.content ?? '{}') as Uint8Array).toString();
  return (JSON.parse(text) as { manifests: IndexEntry[] }).manifests.map(change);
}

const indexOf = (manifests: readonly object[]): Uint8Array =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }));

/** A layout whose index.json contains the images side by side. */
function flat(images: readonly BuiltImage[], change: Change = asItIs): readonly TarEntry[] {
  const members = ociLayoutMembers(images, { attestation: true });
  const rest = members.filter((member) => member.path !== 'index.json');
  return [...rest, file('index.json', indexOf(entriesOf(members, change)))];
}

/** A layout of one index that has the images. */
function nested(images: readonly BuiltImage[], change: Change = asItIs): readonly TarEntry[] {
  const members = ociLayoutMembers(images, { attestation: true });
  const index = indexOf(entriesOf(members, (entry) => unnamed(change(entry))));
  const digest = sha256(index);
  return [
    ...members.filter((member) => member.path !== 'index.json'),
    file(`blobs/${digest.replace(':', '/')}`, index),
    file('index.json', indexOf([{ digest, size: index.length }])),
  ];
}

const saved = (...images: readonly BuiltImage[]): readonly TarEntry[] => dockerArchiveMembers(images, 'v1.1');

interface ImageRequest {
  readonly imageName?: string;
  readonly platform?: Platform;
}

const request: ImageRequest = {};
const [ofName, ofAmd64] = ['named team/app:1', 'for linux/amd64'];

describe('different images with the same name and platform are rejected', () => {
  it.each<
    [name: string, members: readonly TarEntry[], shared: string, digests: readonly Digest[], request: ImageRequest]
  >([
    ['docker archive', saved(clean, other), ofName, [clean.configDigest, other.configDigest], request],
    ['docker archive, other order', saved(other, clean), ofName, [other.configDigest, clean.configDigest], request],
    ['docker archive, by name', saved(clean, other), ofName, [clean.configDigest], { imageName: 'team/app:1' }],
    [
      'docker archive, by platform',
      saved(clean, other, arm),
      ofName,
      [clean.configDigest],
      { platform: linux('amd64') },
    ],
    ['docker archive, for two platforms', saved(clean, arm), ofName, [clean.configDigest, arm.configDigest], request],
    ['layout', flat([clean, other]), ofAmd64, [clean.manifestDigest, other.manifestDigest], request],
    ['layout, by name', flat([clean, other]), ofAmd64, [clean.manifestDigest], { imageName: '1' }],
    ['layout, unnamed', flat([clean, other], unnamed), ofAmd64, [clean.manifestDigest, other.manifestDigest], request],
    [
      'layout, another spelling of the platform',
      flat([clean, other], called(linux('x86_64', 'v1'))),
      ofAmd64,
      [],
      request,
    ],
    [
      'layout, the second of no platform',
      flat(
        [clean, other],
        of(other, ({ platform, ...e }) => e),
      ),
      ofAmd64,
      [],
      request,
    ],
    ['layout, the second called arm64', flat([clean, other], called(linux('arm64'))), ofAmd64, [], request],
    [
      'layout, the second called an attestation',
      flat([clean, other], called({ os: 'unknown', architecture: 'unknown' })),
      ofAmd64,
      [],
      { imageName: 'team/app:1' },
    ],
    ['index', nested([clean, other]), ofAmd64, [clean.manifestDigest, other.manifestDigest], request],
    ['index, a copy between them', nested([clean, zipped, other, arm]), ofAmd64, [clean.manifestDigest], request],
    ['index, by platform', nested([arm, other, clean]), ofAmd64, [other.manifestDigest], { platform: linux('amd64') }],
  ])('%s', async (_name, members, shared, digests, options) => {
    writeFileSync(image, buildTar(members));
    const error = await failure(image, options);
    expect([error.code, error.message]).toEqual([
      'invalid-input',
      expect.stringContaining(`different images ${shared}: `),
    ]);
    for (const digest of digests) expect(error.message).toContain(digest);
    expect(error.remedy).toContain('--image');
  });

  it('in the form of before manifest.json, by two spellings of the name', async () => {
    const second = buildImage({ layers: [[file('app', 'other')]], repoTags: ['docker.io/team/app:1'] });
    writeFileSync(image, buildTar(dockerArchiveMembers([clean, second], 'legacy-directories')));
    expect(await failure(image, { imageName: 'team/app:1' })).toMatchObject({ code: 'invalid-input' });
  });
});

describe('and can be chosen by their digests', () => {
  it.each<[name: string, members: readonly TarEntry[], digests: readonly Digest[]]>([
    ['docker archive', saved(clean, other), [clean.configDigest, other.configDigest]],
    ['layout', flat([clean, other]), [clean.manifestDigest, other.manifestDigest]],
    ['index', nested([clean, other]), [clean.manifestDigest, other.manifestDigest]],
  ])('%s', async (_name, members, digests) => {
    writeFileSync(image, buildTar(members));
    for (const digest of digests) {
      expect((await open(image, { imageName: digest })).image.manifestDigest).toBe(digest);
    }
  });
});

describe('what means one image, or one for each platform, is opened', () => {
  const windows = (version: string) => (target: BuiltImage) =>
    of(target, (entry) => ({ ...entry, platform: { os: 'windows', architecture: 'amd64', 'os.version': version } }));
  const builds: Change = (entry) => windows('10.0.1')(clean)(windows('10.0.2')(other)(entry));

  it.each<[name: string, members: readonly TarEntry[], digest: Digest, request: ImageRequest]>([
    ['docker archive, twice the same', saved(clean, clean), clean.configDigest, request],
    ['docker archive, one of two platforms', saved(clean, arm), arm.configDigest, { platform: linux('arm64') }],
    ['layout, another compression', flat([clean, zipped]), clean.manifestDigest, request],
    ['layout, two platforms', flat([arm, clean]), clean.manifestDigest, request],
    ['index, another compression', nested([zipped, clean]), zipped.manifestDigest, request],
    ['index, two platforms', nested([clean, arm]), arm.manifestDigest, { platform: linux('arm64') }],
    [
      'index, two variants of which one is asked for',
      nested([clean, other], called(linux('amd64', 'v3'))),
      clean.manifestDigest,
      { platform: linux('amd64') },
    ],
    [
      'index, two builds for Windows',
      nested([clean, other], builds),
      clean.manifestDigest,
      { platform: { os: 'windows', architecture: 'amd64' } },
    ],
  ])('%s', async (_name, members, digest, options) => {
    writeFileSync(image, buildTar(members));
    expect((await open(image, options)).image.manifestDigest).toBe(digest);
  });
});
