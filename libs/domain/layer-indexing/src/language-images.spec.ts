import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { comparedName } from '@clarion/ecosystems';
import { featureDetectors } from '@clarion/feature-detectors';
import { openImage } from '@clarion/layer-sources';
import { type EffectiveImage, evidencePath } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { sharedMaterial } from '@clarion/test-kit';
import { indexImage } from './index-image';

/** Images with packages of languages, and what native tools list in them; they are not part of this repository. */
const folder = sharedMaterial('conformance', 'packagedb', 'languages');

/**
 * One package of an image; `must` and `owned` are installed, `infer` too, but without certain evidence; `may` is right
 * either way, `never` is not installed.
 */
interface ExpectedPackage {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** '' for any. */
  readonly path: string;
  readonly class: 'must' | 'owned' | 'infer' | 'may' | 'never';
  /** The package of the distribution that owns an `owned` one. */
  readonly owner?: string;
}

/** The types whose detectors are compared here. */
const types: ReadonlySet<string> = new Set([
  'pypi',
  'conda',
  'npm',
  'gem',
  'composer',
  'nuget',
  'golang',
  'cargo',
  'maven',
  'generic',
]);

/** What the lists have otherwise. */
const more: Readonly<Record<string, readonly string[]>> = {
  // `gem` lists a gem of two directories once; each directory has its specification.
  misc: ['gem rake 13.0.6 usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec'],
  // The list has it without the version that a flag of the linker set.
  go: ['golang example.com/shop/app v9.8.7 opt/go/ldflags'],
};

/** The image has the list of files of its package, but not this one. */
const absent: Readonly<Record<string, readonly string[]>> = { go: ['golang stdlib 1.19.8 usr/bin/direnv'] };

/** The lists call programs so. */
const typeOf = ({ type }: Pick<ExpectedPackage, 'type'>): string => (type === 'binary' ? 'generic' : type);

/** The lists have no version of a main module that has none; Go writes `(devel)`. */
const keyOf = ({ type, name, version, path: at }: Omit<ExpectedPackage, 'class'>): string =>
  `${typeOf({ type })} ${comparedName(type, name)} ${type === 'golang' && version === '(devel)' ? '' : version} ${at}`;

(folder === undefined ? describe.skip : describe)('images in shared/conformance/packagedb/languages', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'language-images-'));
  const opening = openEmbeddedStore({ directory });
  // What native tools list is installed; lock files say what is to be installed.
  const installed = featureDetectors.filter(({ id }) => id !== 'lock-files');
  const detectors = localDetectorClient([...installed, ...namespaceDetectors]);
  afterAll(async () => {
    await (await opening).close();
    rmSync(directory, { recursive: true });
  });

  async function scan(name: string): Promise<EffectiveImage> {
    const opened = await openImage(path.join(folder ?? '', 'images', `${name}.oci.tar`));
    try {
      for await (const event of indexImage(opened, { layers: await opening, detectors })) {
        if (event.kind === 'image.assembled') return event.image;
      }
    } finally {
      await opened.close();
    }
    throw new Error('No image was indexed');
  }

  test.each<[name: string, counts: Readonly<Record<string, number>>, notRead: readonly string[]]>([
    ['python', { must: 114, owned: 7, may: 1 }, []],
    // Two packages of workspaces that `node_modules` has links to.
    ['node', { must: 440, owned: 45, may: 3 }, []],
    ['misc', { must: 16, owned: 94, may: 0 }, []],
    ['layers', { must: 6, owned: 3, may: 0 }, []],
    ['go', { must: 33, owned: 0, may: 14 }, []],
    ['rust', { must: 11, owned: 0, may: 0 }, []],
    ['runtimes', { must: 10, owned: 0, may: 0 }, []],
  ])('%s: lists what is installed, and nothing else', async (name, counts, notRead) => {
    const all = JSON.parse(
      readFileSync(path.join(folder ?? '', 'expected', `${name}.packages.json`), 'utf8'),
    ) as readonly ExpectedPackage[];
    const expected = all.filter((one) => types.has(typeOf(one)));
    const { features } = await scan(name);
    const found = features
      .filter(({ type }) => types.has(type))
      .map((one) => keyOf({ ...one, path: evidencePath(one) }));
    const keys = new Set(found);
    const inClass = (wanted: string): string[] => expected.filter((one) => one.class === wanted).map(keyOf);
    expect(inClass('must').filter((key) => !keys.has(key))).toEqual(notRead);
    expect(inClass('owned').filter((key) => !keys.has(key))).toEqual(absent[name] ?? []);
    const listed = new Set(['must', 'owned', 'may', 'infer'].flatMap(inClass));
    expect(found.filter((key) => !listed.has(key))).toEqual(more[name] ?? []);
    const never = inClass('never');
    expect(
      found.filter((key) => never.some((one) => key === one || (one.endsWith(' ') && key.startsWith(one)))),
    ).toEqual([]);
    expect(found).toHaveLength(keys.size);
    const owners = new Map(features.flatMap((one) => (one.owner === undefined ? [] : [[keyOf(one), one.owner]])));
    const owned = expected.filter((one) => one.class === 'owned' && keys.has(keyOf(one)));
    expect(owned.map((one) => [keyOf(one), owners.get(keyOf(one))])).toEqual(
      owned.map((one) => [keyOf(one), one.owner]),
    );
    expect(inClass('must').filter((key) => owners.has(key))).toEqual([]);
    const countOf = (wanted: string): number => inClass(wanted).filter((key) => keys.has(key)).length;
    expect({ must: countOf('must'), owned: countOf('owned'), may: countOf('may') }).toEqual(counts);
  });

  test('rust: infers the crates whose sources a program without a list names', async () => {
    const all = JSON.parse(
      readFileSync(path.join(folder ?? '', 'expected', 'rust.packages.json'), 'utf8'),
    ) as readonly ExpectedPackage[];
    const { features } = await scan('rust');
    const inferred = features.filter(({ confidence }) => confidence === 'inferred').map(keyOf);
    const expected = all.filter((one) => one.class === 'infer').map(keyOf);
    expect(inferred.filter((key) => !expected.includes(key))).toEqual([]);
    // Of the others, no panic is left in the program.
    expect([inferred.length, expected.length]).toEqual([6, 11]);
  });

  test('java: lists what files of Maven prove exactly, and what is inferred as such', async () => {
    const all = JSON.parse(
      readFileSync(path.join(folder ?? '', 'expected', 'java.packages.json'), 'utf8'),
    ) as readonly ExpectedPackage[];
    const { features } = await scan('java');
    const found = features.filter(({ type }) => type === 'maven');
    const keyOfFound = (one: (typeof found)[number]): string => keyOf({ ...one, path: evidencePath(one) });
    const exact = found.filter(({ confidence }) => confidence === undefined).map(keyOfFound);
    const inferred = found.filter(({ confidence }) => confidence === 'inferred').map(keyOfFound);
    // The distribution's packages without a version name their file only.
    const known = all.filter(({ version }) => version !== '');
    const inClass = (wanted: string): string[] => known.filter((one) => one.class === wanted).map(keyOf);
    expect(exact.toSorted()).toEqual(['must', 'owned', 'may'].flatMap(inClass).toSorted());
    expect(inClass('infer').filter((key) => !inferred.includes(key))).toEqual([
      // Its manifest names no group, and the one of its vendor is no evidence.
      'maven com.acme:manifest 2.3.4 opt/java/traps/manifest-2.3.4.jar',
    ]);
    expect(inferred.filter((key) => !inClass('infer').includes(key))).toEqual([
      'maven manifest 2.3.4 opt/java/traps/manifest-2.3.4.jar',
      'maven xml-apis:xml-apis 1.4.01 usr/share/java/xml-apis-1.4.01.jar',
      'maven xml-apis:xml-apis-ext 1.4.01 usr/share/java/xml-apis-ext-1.4.01.jar',
      'maven xml-resolver 1.2 usr/share/java/xml-resolver-1.2.jar',
    ]);
    const owners = new Map(
      features.flatMap((one) => (one.owner === undefined ? [] : [[evidencePath(one), one.owner]])),
    );
    const owned = all.flatMap(({ path: at, owner }) => (owner === undefined ? [] : [[at, owner] as const]));
    expect(owners).toEqual(new Map(owned));
  });
});
