import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import {
  enabledDetectors,
  type Detector,
  type EffectiveImage,
  type LayerEntry,
  type LayerStructure,
  type WorkBudget,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildImage,
  file,
  hardlink,
  openBuiltImage,
  symlink,
  testBudget,
  type TarEntry,
  type TestBudget,
} from '@clarion/test-kit';
import fc from 'fast-check';
import { collectLayer } from './collect-layer';
import { indexImage } from './index-image';
import { compileLayerFilters } from './layer-filters';
import { LayerLinks, maxDepth } from './layer-links';
import { settleLinks } from './linked-files';
import { applyLayer } from './merged-view';
import { resolve } from './resolve-path';
import { emptyView, type MergedView } from './view-tree';

const status = 'var/lib/dpkg/status';
const packages = (count: number): string =>
  Array.from(
    { length: count },
    (_, n) => `Package: p${n}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n`,
  ).join('');
const osRelease = file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
const emptyStructure: LayerStructure = {
  ...{ whiteouts: [], opaques: [], symlinks: [], hardlinks: [], files: [], obstacles: [], directories: [] },
};

function applyTo(view: MergedView, layer: number, parts: Partial<LayerStructure>): void {
  const structure = { ...emptyStructure, ...parts };
  applyLayer(view, { layer, structure, files: structure.files, directories: structure.directories });
}

/** Counts the files that detectors are given. */
function counting(): { readonly detectors: readonly Detector[]; readonly given: string[] } {
  const given: string[] = [];
  const detectors = [...namespaceDetectors, ...enabledDetectors(featureDetectors)].map((detector): Detector => {
    return {
      ...detector,
      detect(files, budget) {
        given.push(...files.map((one) => `${detector.id} ${one.path}`));
        return detector.detect(files, budget);
      },
    };
  });
  return { detectors, given };
}

async function scan(layers: readonly TarEntry[][], detectors = counting().detectors): Promise<EffectiveImage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-hostile-'));
  const store = await openEmbeddedStore({ directory: folder });
  try {
    const opened = openBuiltImage(buildImage({ layers }));
    for await (const event of indexImage(opened, { layers: store, detectors: localDetectorClient(detectors) })) {
      if (event.kind === 'image.assembled') return event.image;
    }
    throw new Error('No image');
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

function linksOf(symlinks: Iterable<readonly [string, string]>, budget: WorkBudget): LayerLinks {
  const links = new LayerLinks(budget);
  for (const [path, target] of symlinks) links.add(path, target);
  return links;
}

describe('a symbolic link', () => {
  test.each([
    ['to a mebibyte of components', 'a/'.repeat(524_000)],
    ['to a component of 5,000 bytes', 'x'.repeat(5000)],
    ['to 5,000 bytes of letters of two bytes', 'é'.repeat(2500)],
  ])('%s is a problem, and not a link', async (_, target) => {
    const image = await scan([[osRelease, symlink(status, target)]]);
    expect(image.problems).toMatchObject([{ code: 'limit-reached', path: status }]);
    expect(image.problems[0]?.message).toContain('target longer than 4096 bytes');
  });

  test('to 4,096 bytes is followed', async () => {
    const target = `${'./'.repeat(2037)}srv/data`;
    expect(Buffer.byteLength(target)).toBeLessThanOrEqual(4096);
    const image = await scan([[osRelease, file('srv/data', packages(1)), symlink(status, `/${target}`)]]);
    expect([image.features.length, image.problems]).toEqual([1, []]);
  });

  test('chains that grow exponentially end after forty links', async () => {
    // Each link is two of the next: 2^30 steps to the end.
    const chain = Array.from({ length: 30 }, (_, n) => symlink(`l${n}`, `l${n + 1}/../l${n + 1}`));
    const image = await scan([[osRelease, ...chain, symlink(status, '/l0')]]);
    expect(image.features).toEqual([]);
    expect(image.problems.map(({ code, path: about }) => [code, about])).toEqual([['unresolved-link', status]]);
  });

  test('into a path that grows with every hop ends at the depth that is followed', () => {
    const names = (count: number): string => Array.from({ length: count }, () => 'a').join('/');
    const budget = testBudget();
    const links = new LayerLinks(budget);
    links.add('x', `${names(1000)}/../x`);
    expect(links.resolve('x')).toBeUndefined();
    expect(budget.spent.steps).toBeLessThan(3 * maxDepth);
  });
});

describe('steps', () => {
  const component = fc.constantFrom('a', 'b', '..', '.', '');
  const target = fc.array(component, { maxLength: 60 }).map((names) => names.join('/'));
  const links = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'a/a', 'a/b', 'b/a', 'b/b'), target), { maxLength: 8 });

  test('of resolving a link are no more than forty times the longest target, in a layer and in the view', () => {
    fc.assert(
      fc.property(links, target, (symlinks, start) => {
        const longest = Math.max(1, start.length, ...symlinks.map(([, text]) => text.length));
        const [inLayer, inView] = [testBudget(), testBudget()];
        const tree = linksOf(symlinks, inLayer);
        const view = emptyView(inView);
        applyTo(view, 0, { symlinks });
        const before = [inLayer.spent.steps, inView.spent.steps] as const;
        tree.resolve(start);
        resolve(view, start);
        expect(inLayer.spent.steps - before[0]).toBeLessThanOrEqual(41 * longest + 41);
        expect(inView.spent.steps - before[1]).toBeLessThanOrEqual(41 * longest + 41);
      }),
      { numRuns: 300 },
    );
  });

  test('are those of the links and the paths, however often links are met', () => {
    // From s0 on each would be followed 201 times by the one before.
    const chain = Array.from({ length: 39 }, (_, n): [string, string] => {
      return [`s${n}`, [...Array.from({ length: 200 }, () => `s${n + 1}/..`), `s${n + 1}`].join('/')];
    });
    // s0 is within forty links for none of them, s38 for all; behind t it is not the first link.
    const symlinks: (readonly [string, string])[] = [...chain, ['t', 'u']];
    const starts = ['s0/s0', '/t/../s0', 's38', 's38/x', 't/../s38/../s38/y'];
    const written = symlinks.reduce((sum, [, text]) => sum + text.split('/').length, 0);
    const [inLayer, inView] = [testBudget(), testBudget()];
    const tree = linksOf(symlinks, inLayer);
    const view = emptyView(inView);
    applyTo(view, 0, { symlinks, files: ['s39/f'] });
    const before = [inLayer.spent.steps, inView.spent.steps] as const;
    const rounds = 1000;
    for (let n = 0; n < rounds; n += 1) {
      for (const start of starts) {
        tree.resolve(start);
        resolve(view, start);
      }
    }
    expect(tree.resolve('s38/x')).toBe('s39/x');
    expect(resolve(view, 's38/f').path).toBe('s39/f');
    const most = 4 * written + rounds * starts.length * 12;
    expect(inLayer.spent.steps - before[0]).toBeLessThanOrEqual(most);
    expect(inView.spent.steps - before[1]).toBeLessThanOrEqual(most);
  });

  test('that are saved change nothing: a path leads where it leads when nothing was followed before', () => {
    const files = fc.subarray(['a/f', 'b/f', 'a/b/f', 'c']);
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'a/a', 'a/b', 'b/a', 'b/c');
    const short = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'f', '..', ''), { maxLength: 6 });
    const path = short.map((parts) => parts.join('/'));
    const many = fc.array(fc.tuple(names, path), { maxLength: 8 });
    fc.assert(
      fc.property(many, files, fc.array(path, { maxLength: 12 }), (symlinks, there, starts) => {
        const inLayer = (): LayerLinks => linksOf(symlinks, testBudget());
        const inView = (): MergedView => {
          const view = emptyView(testBudget());
          applyTo(view, 0, { files: there });
          applyTo(view, 1, { symlinks });
          return view;
        };
        const [tree, view] = [inLayer(), inView()];
        for (const start of starts) {
          expect(tree.resolve(start)).toEqual(inLayer().resolve(start));
          const [{ end, path: real, links: via }, fresh] = [resolve(view, start), resolve(inView(), start)];
          expect(typeof end === 'string' ? end : end.kind).toEqual(
            typeof fresh.end === 'string' ? fresh.end : fresh.end.kind,
          );
          if (end !== 'loop') expect([real, via]).toEqual([fresh.path, fresh.links]);
        }
      }),
      { numRuns: 300 },
    );
  });

  const spentOn = (entries: readonly LayerEntry[]): TestBudget['spent'] => {
    const detectors = [{ id: 'dpkg', files: { paths: [status, 'var/lib/dpkg/status.d/*'], maxBytes: 100 } }];
    const collectFor = { ...compileLayerFilters(detectors), missing: new Set(['dpkg']) };
    const budget = testBudget();
    const { visitor, record } = collectLayer(collectFor, { budget });
    entries.forEach((entry) => visitor.entry(entry));
    settleLinks(record, collectFor);
    return budget.spent;
  };
  const entry = (path: string, link: string, type: LayerEntry['type']): LayerEntry => {
    return { path, type, size: 0, mode: 0o777, link, nullDevice: false };
  };
  test.each([
    ['symbolic links to one file', (n: number) => entry(`var/lib/dpkg/status.d/${n}`, '/srv/data', 'symlink')],
    ['hard links to one file', (n: number) => entry(`var/lib/dpkg/status.d/${n}`, 'srv/data', 'hardlink')],
    [
      'a chain of hard links',
      (n: number) => entry(`var/lib/dpkg/status.d/${n}`, `var/lib/dpkg/status.d/${n + 1}`, 'hardlink'),
    ],
    ['a chain of symbolic links', (n: number) => entry(`var/lib/dpkg/status.d/${n}`, String(n + 1), 'symlink')],
    [
      'links of long paths',
      (n: number) => entry(`${'d/'.repeat(100)}status.d/${n}`, `${'../'.repeat(100)}x`, 'symlink'),
    ],
  ])('of %s grow as their number', (_, make) => {
    const spent = (count: number): number => spentOn(Array.from({ length: count }, (_one, n) => make(n))).steps;
    expect(spent(4000)).toBeLessThanOrEqual(4.2 * spent(1000) + 1000);
  });
});

describe('a budget that is used up', () => {
  test('is a problem of the image, which keeps what was found', async () => {
    // 40 links of 2,000 components each, from 60 wanted names: each is followed for 80,000 steps.
    const up = 'a/../'.repeat(800);
    const hops = Array.from({ length: 39 }, (_, n) => symlink(`h${n}`, `${up}h${n + 1}`));
    const names = Array.from({ length: 900 }, (_, n) => symlink(`var/lib/dpkg/status.d/${n}`, `/${up}h0`));
    const image = await scan([
      [osRelease, file(status, packages(3))],
      [...hops, ...names],
    ]);
    expect(image.features).toHaveLength(3);
    expect(image.problems.filter(({ code }) => code === 'limit-reached').map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/takes more than \d+ steps/) as unknown]),
    );
  });

  test('for packages is a problem, with as many as there may be', async () => {
    const apk = (from: number): string => Array.from({ length: 60_000 }, (_, n) => `P:p${from + n}\nV:1\n\n`).join('');
    const image = await scan([[file('lib/apk/db/installed', apk(0)), file('usr/lib/apk/db/installed', apk(60_000))]]);
    expect(image.features).toHaveLength(100_000);
    expect(image.problems).toMatchObject([{ code: 'limit-reached' }]);
    expect(image.problems[0]?.message).toContain('more than 100000 packages');
  });
});

describe('names of one file', () => {
  const database = packages(200);
  const many = Array.from({ length: 3000 }, (_, n) => n);
  test.each<[what: string, entries: readonly TarEntry[], name: string]>([
    [
      'hard links to the database',
      [file(status, database), ...many.map((n) => hardlink(`var/lib/dpkg/status.d/${n}`, status))],
      status,
    ],
    [
      'hard links to a file that matches no filter',
      [
        file('srv/data', database),
        ...many.map((n) => hardlink(`srv/${n}/status`, 'srv/data')),
        hardlink(status, 'srv/data'),
      ],
      status,
    ],
    [
      'hard links to the file of another detector',
      [
        file('lib/apk/db/installed', database),
        ...many.map((n) => hardlink(`var/lib/dpkg/status.d/${n}`, 'lib/apk/db/installed')),
      ],
      'var/lib/dpkg/status.d/0',
    ],
    [
      'symbolic links to the database',
      [file(status, database), ...many.map((n) => symlink(`var/lib/dpkg/status.d/${n}`, '../status'))],
      status,
    ],
    [
      'symbolic links to a file that matches no filter',
      [file('srv/data', database), ...many.map((n) => symlink(`var/lib/dpkg/status.d/${n}`, '/srv/data'))],
      'var/lib/dpkg/status.d/0',
    ],
  ])('%s: read once, and its packages are listed once', async (_, entries, name) => {
    const { detectors, given } = counting();
    const image = await scan([[osRelease, ...entries]], detectors);
    expect(given.filter((one) => one.startsWith('dpkg '))).toEqual([`dpkg ${name}`]);
    expect(image.features).toHaveLength(200);
    expect(new Set(image.features.map((feature) => feature.path))).toEqual(new Set([name]));
    const codes = new Set(image.problems.map(({ code }) => code));
    expect([codes.has('limit-reached'), codes.has('unresolved-link')]).toEqual([false, false]);
  });
});
