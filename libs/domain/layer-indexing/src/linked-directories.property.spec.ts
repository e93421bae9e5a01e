import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildImage,
  directory,
  file,
  type FlatDirectory,
  flattenLayers,
  lookUp,
  openBuiltImage,
  symlink,
  type TarEntry,
  whiteout,
} from '@clarion/test-kit';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { indexImage } from './index-image';

const runs = Number(process.env['CLARION_PROPERTY_RUNS'] ?? 300);

/** With a detector for any name, layers keep their names: they show what replaces links. */
const detectors = featureDetectors.filter(({ id }) => id === 'node' || id === 'elf-notes');

/** Directories that links use and lead to; in the last ones are packages. */
const directories = [
  ...['app', 'srv', 'opt', 'app/node_modules', 'srv/node_modules', 'opt/deps'],
  ...[
    'app/node_modules/a',
    'srv/node_modules/@s',
    'srv/node_modules/@s/a',
    'opt/deps/a',
    'opt/deps/@s',
    'opt/deps/@s/b',
  ],
  ...['opt/deps/a/node_modules', 'opt/deps/a/node_modules/c', 'opt/other', 'usr/share/nodejs', 'usr/share/nodejs/a'],
];
const anyDirectory = fc.constantFrom(...directories);

interface Step {
  readonly path: string;
  readonly make: 'package' | 'symlink' | 'whiteout' | 'directory' | 'file';
  readonly target: string;
}

/**
 * Files behind a link at a literal directory of globs have the name that leads there, and nothing is a package by a link to
 * the directory of a scope.
 */
const isCompared = ({ path: at, make, target }: Step): boolean =>
  make !== 'symlink' || (at !== 'usr/share/nodejs' && !target.endsWith('/@s'));

const step: fc.Arbitrary<Step> = fc
  .record({
    path: anyDirectory,
    make: fc.constantFrom<Step['make']>(
      'package',
      'package',
      'package',
      'symlink',
      'symlink',
      'whiteout',
      'directory',
      'file',
    ),
    target: anyDirectory,
  })
  .filter(isCompared);
const stacks = fc.array(fc.array(step, { minLength: 3, maxLength: 12 }), { minLength: 2, maxLength: 5 });

/** Layers as tools make them from file systems: no entry is below a link, or anything else that is no directory. */
function toLayers(stack: readonly (readonly Step[])[]): readonly TarEntry[][] {
  const layers: TarEntry[][] = [];
  for (const [number, steps] of stack.entries()) {
    const below = flattenLayers(layers);
    const named = new Map(steps.map((one) => [one.path, one]));
    const isDirectory = (at: string): boolean => {
      const make = named.get(at)?.make;
      if (make !== undefined) return make === 'package' || make === 'directory';
      const { node, path: real, loop } = lookUp(below, at);
      return real === at && !loop && (node === undefined || node.kind === 'directory');
    };
    const kept = [...named.values()].filter((one) => directoriesAbove(one.path).every(isDirectory));
    layers.push(kept.toSorted((a, b) => (a.path < b.path ? -1 : 1)).flatMap((one) => toEntry(one, number)));
  }
  return layers;
}

function directoriesAbove(at: string): readonly string[] {
  const names = at.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function toEntry({ path: at, make, target }: Step, number: number): TarEntry[] {
  const name = at.replaceAll('/', '-').replaceAll('@', '');
  switch (make) {
    case 'package':
      return [directory(at), file(`${at}/package.json`, JSON.stringify({ name, version: `${number}.0.0` }))];
    case 'symlink':
      return [symlink(at, `/${target}`)];
    case 'whiteout':
      return [whiteout(at)];
    case 'directory':
      return [directory(at)];
    case 'file':
      return [file(at, 'x')];
  }
}

const roots = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+$|^usr\/share\/nodejs\/(?:@[^/]+\/)?[^/]+$/;
const noRoots = /\/@[^/]+$/;

/** Every package of the tree by its real path: all names are walked, links are followed up to a number of names. */
function packagesIn(root: FlatDirectory): readonly string[] {
  const found = new Set<string>();
  const walk = (at: string, depth: number): void => {
    const { node } = lookUp(root, at);
    if (node?.kind !== 'directory' || depth > 7) return;
    const manifest = lookUp(root, `${at}/package.json`);
    if (roots.test(at) && !noRoots.test(at) && manifest.node?.kind === 'file') {
      found.add(`${manifest.path} ${(JSON.parse(manifest.node.content) as { version: string }).version}`);
    }
    for (const name of node.children.keys()) walk(at === '' ? name : `${at}/${name}`, depth + 1);
  };
  walk('', 0);
  return [...found].sort();
}

describe('links to directories', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'linked-directories-'));
  const opening = openEmbeddedStore({ directory: folder });
  afterAll(async () => {
    await (await opening).close();
    rmSync(folder, { recursive: true });
  });

  async function composed(layers: readonly TarEntry[][]): Promise<readonly string[]> {
    const opened = openBuiltImage(buildImage({ layers }));
    const layersStore = await opening;
    for await (const event of indexImage(opened, { layers: layersStore, detectors: localDetectorClient(detectors) })) {
      if (event.kind !== 'image.assembled') continue;
      return event.image.features.map((one) => `${one.path} ${one.version}`).sort();
    }
    throw new Error('No image was indexed');
  }

  test(
    `show the packages that a walk of the flattened files finds (${runs} random stacks)`,
    async () => {
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(stacks, async (stack) => {
          const layers = toLayers(stack);
          const found = await composed(layers);
          expect(found).toEqual(packagesIn(flattenLayers(layers)));
          compared += found.length;
        }),
        { numRuns: runs },
      );
      expect(compared).toBeGreaterThan(runs / 2);
    },
    10 * 60 * 1000,
  );
});
