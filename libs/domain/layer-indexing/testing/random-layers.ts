import type { DetectorInfo, LayerDetection, LayerIndex, LayerStructure } from '@clarion/model';
import fc from 'fast-check';

/** Of files that only need names: what is said about them depends on these and on the number of the layer. */
export const randomDetectors: readonly Pick<DetectorInfo, 'id' | 'files' | 'lockFiles'>[] = [
  { id: 'jar', files: { paths: ['**/*.jar', '**/opt/*/app.jar'], maxBytes: 100 } },
  { id: 'node', files: { paths: ['**/node_modules/*/package.json'], maxBytes: 100, byPath: true } },
  { id: 'program', files: { paths: ['**'], executable: true, maxBytes: 100 } },
  { id: 'lock', files: { paths: ['**/lock'], maxBytes: 100 }, lockFiles: true },
  { id: 'database', files: { paths: ['**/status'], maxBytes: 100 } },
];
const givenTo = {
  jar: /\.jar$/,
  node: /(?:^|\/)package\.json$/,
  program: /prog$/,
  lock: /(?:^|\/)lock$/,
  database: /status$/,
};
const types = { jar: 'maven', node: 'npm', program: 'golang', lock: 'npm', database: 'deb' };

const directory = fc.constantFrom(
  ...['a', 'a/b', 'a-b', 'a/node_modules', 'a/node_modules/x', 'a/node_modules/x-y', 'a/node_modules/.bin'],
  ...['a/node_modules/x/node_modules', 'b', 'b/node_modules', 'b/node_modules/y', 'opt', 'opt/x', 'node_modules/x'],
);
const filePath = fc
  .tuple(directory, fc.constantFrom('p.jar', 'app.jar', 'package.json', 'prog', 'lock', 'status', 'other'))
  .map((parts) => parts.join('/'));
const target = fc.constantFrom('b', '../b', 'x', '../a', 'y', 'p.jar', '../../a', '../node_modules/x/package.json');

/** One entry of a layer. */
export interface RandomEntry {
  readonly kind: 'files' | 'directories' | 'symlinks' | 'whiteouts' | 'opaques' | 'obstacles' | 'hardlinks';
  readonly path: string;
  readonly target: string;
}

const entry = (kind: RandomEntry['kind'], path: fc.Arbitrary<string>): fc.Arbitrary<RandomEntry> =>
  fc.record({ kind: fc.constant(kind), path, target });
/** The entries of one layer: whiteouts, opaque directories, links, databases of packages and other files. */
export const randomEntries = fc.array(
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
const hides = ({ kind }: RandomEntry): boolean => kind === 'whiteouts' || kind === 'opaques';

/** As tools write layers: one entry for each name, none below what is not a directory. */
function consistent(entries: readonly RandomEntry[]): readonly RandomEntry[] {
  const kept: RandomEntry[] = [];
  for (const one of entries) {
    const clashes = (other: RandomEntry): boolean =>
      one.path === other.path ||
      (other.kind !== 'directories' && one.path.startsWith(`${other.path}/`)) ||
      (one.kind !== 'directories' && other.path.startsWith(`${one.path}/`));
    if (hides(one) || !kept.some((other) => !hides(other) && clashes(other))) kept.push(one);
  }
  return kept;
}

/** The layer, with everything in the directory `top`. */
export function randomLayer(top: string, all: readonly RandomEntry[], number: number): LayerIndex {
  const entries = consistent(all);
  const pathsOf = (kind: RandomEntry['kind']): string[] =>
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
    const type = types[detector as keyof typeof types];
    const features = given.flatMap((path, at) => {
      const one = { type, name: `n${at % 3}`, version: '1', path };
      if (detector !== 'database') return [one];
      // The next layer has some of the packages of this one.
      return [number, number + 1, 7].map((part) => ({ ...one, name: `d${part}`, version: `${part % 2}` }));
    });
    return { detector, version: 1, files: given, features, namespaces: [], problems: [] };
  });
  return { diffId: `sha256:${number}`, blobs: [], size: 0, entries: 0, structure, detections, problems: [] };
}
