import type { DetectorInfo, LayerDetection, LayerIndex, LayerStructure } from '@clarion/model';
import fc from 'fast-check';
import { assembleImage } from './assemble-image';
import { maxDepth } from './layer-links';

const runs = Number(process.env['CLARION_PROPERTY_RUNS'] ?? 500);

const detectors: readonly Pick<DetectorInfo, 'id' | 'files' | 'lockFiles'>[] = [
  { id: 'jar', files: { paths: ['**/*.jar', '**/opt/*/app.jar'], maxBytes: 100 } },
  { id: 'node', files: { paths: ['**/node_modules/*/package.json'], maxBytes: 100, byPath: true } },
  { id: 'program', files: { paths: ['**'], executable: true, maxBytes: 100 } },
  { id: 'lock', files: { paths: ['**/lock'], maxBytes: 100 }, lockFiles: true },
];
const givenTo = { jar: /\.jar$/, node: /(?:^|\/)package\.json$/, program: /prog$/, lock: /(?:^|\/)lock$/ };
const types = { jar: 'maven', node: 'npm', program: 'golang', lock: 'npm' };

const directory = fc.constantFrom(
  ...['a', 'a/b', 'a-b', 'a/node_modules', 'a/node_modules/x', 'a/node_modules/x-y', 'a/node_modules/.bin'],
  ...['a/node_modules/x/node_modules', 'b', 'b/node_modules', 'b/node_modules/y', 'opt', 'opt/x', 'node_modules/x'],
);
const filePath = fc
  .tuple(directory, fc.constantFrom('p.jar', 'app.jar', 'package.json', 'prog', 'lock', 'other'))
  .map((parts) => parts.join('/'));
const target = fc.constantFrom('b', '../b', 'x', '../a', 'y', 'p.jar', '../../a', '../node_modules/x/package.json');

interface Entry {
  readonly kind: 'files' | 'directories' | 'symlinks' | 'whiteouts' | 'opaques' | 'obstacles' | 'hardlinks';
  readonly path: string;
  readonly target: string;
}

const entry = (kind: Entry['kind'], path: fc.Arbitrary<string>): fc.Arbitrary<Entry> =>
  fc.record({ kind: fc.constant(kind), path, target });
const layerEntries = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: entry('files', filePath) },
    { weight: 2, arbitrary: entry('directories', directory) },
    { weight: 2, arbitrary: entry('symlinks', fc.oneof(directory, filePath)) },
    { weight: 2, arbitrary: entry('whiteouts', fc.oneof(directory, filePath)) },
    { weight: 1, arbitrary: entry('opaques', directory) },
    { weight: 1, arbitrary: entry('obstacles', fc.oneof(directory, filePath)) },
    { weight: 1, arbitrary: entry('hardlinks', filePath) },
  ),
  { maxLength: 14 },
);
const stacks = fc.array(layerEntries, { minLength: 1, maxLength: 5 });

const hides = ({ kind }: Entry): boolean => kind === 'whiteouts' || kind === 'opaques';

/** As tools write layers: one entry for each name, none below what is not a directory. */
function consistent(entries: readonly Entry[]): readonly Entry[] {
  const kept: Entry[] = [];
  for (const one of entries) {
    const clashes = (other: Entry): boolean =>
      one.path === other.path ||
      (other.kind !== 'directories' && one.path.startsWith(`${other.path}/`)) ||
      (one.kind !== 'directories' && other.path.startsWith(`${one.path}/`));
    if (hides(one) || !kept.some((other) => !hides(other) && clashes(other))) kept.push(one);
  }
  return kept;
}

/** The layer, with everything in the directory `top`. */
function layerIn(top: string, entries: readonly Entry[], number: number): LayerIndex {
  const pathsOf = (kind: Entry['kind']): string[] =>
    entries.flatMap((one) => (one.kind === kind ? [`${top}/${one.path}`] : []));
  const files = pathsOf('files');
  const [first] = files;
  const structure: LayerStructure = {
    ...{ files, whiteouts: pathsOf('whiteouts'), opaques: pathsOf('opaques'), obstacles: pathsOf('obstacles') },
    directories: pathsOf('directories'),
    symlinks: entries.flatMap((one) => (one.kind === 'symlinks' ? [[`${top}/${one.path}`, one.target] as const] : [])),
    hardlinks: pathsOf('hardlinks').flatMap((path) => (first === undefined ? [] : [[path, first] as const])),
  };
  const detections = Object.entries(givenTo).map(([detector, pattern]): LayerDetection => {
    const given = files.filter((path) => pattern.test(path));
    const features = given.map((path, at) => {
      return { type: types[detector as keyof typeof types], name: `n${at % 3}`, version: '1', path };
    });
    return { detector, version: 1, files: given, features, namespaces: [], problems: [] };
  });
  return { diffId: `sha256:${number}`, blobs: [], size: 0, entries: 0, structure, detections, problems: [] };
}

function compose(top: string, stack: readonly (readonly Entry[])[]): string {
  const layers = stack.map((entries, number) => layerIn(top, consistent(entries), number));
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = { reference: 'x', platform, layers: layers.map(() => ({})) };
  return JSON.stringify(assembleImage(image, layers, detectors)).replaceAll(`${top}/`, '');
}

// Paths that may be too deep are put into the view one by one.
const long = '@'.repeat(maxDepth);

test(`files are composed alike together and one by one (${runs} random stacks)`, () => {
  let packages = 0;
  fc.assert(
    fc.property(stacks, (stack) => {
      const together = compose('@', stack);
      expect(together).toBe(compose(long, stack));
      packages += together.split('"version"').length - 1;
    }),
    { numRuns: runs },
  );
  expect(packages).toBeGreaterThan(runs);
});
