import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parsePackageType } from '@clarion/ecosystems';
import {
  createWorkBudget,
  type DetectedFacts,
  type Detector,
  type FileFilter,
  fileFilterFault,
  type WantedFile,
  workLimits,
} from '@clarion/model';

/** A library of detectors: its `src` folder, with one folder a detector, and the array it exports. */
export interface DetectorLibrary {
  readonly folder: string;
  readonly detectors: readonly Detector[];
  /**
   * A file as a detector with this filter is given it, which is only its parts where the filter asks for an excerpt;
   * undefined if its format does not match. Files are given as a whole unless stated.
   */
  readonly give?: GiveFile;
}

type GiveFile = (file: WantedFile, filter: FileFilter) => Promise<WantedFile | undefined>;

/**
 * The contract of every detector of a library, read from its directory: registered under its folder's name, documented,
 * independent of its siblings, correct on its own testdata (`testdata/<case>/<path in layer>` with `expected.json` at
 * the top of the case), and robust against broken copies of it.
 */
export function describeDetectorLibrary({ folder, detectors, give }: DetectorLibrary): void {
  const folders = readdirSync(folder).filter((name) => statSync(path.join(folder, name)).isDirectory());

  it('registers every folder under its name, sorted', () => {
    expect(detectors.map((detector) => detector.id)).toEqual([...folders].sort());
  });

  describe.each(folders)('%s', (id) => {
    const detector = detectors.find((candidate) => candidate.id === id)!;
    const detectorFolder = path.join(folder, id);
    const cases = readCases(path.join(detectorFolder, 'testdata'));

    it('has a parser, a table of cases, a readme and testdata', () => {
      expect(readdirSync(detectorFolder)).toEqual(
        expect.arrayContaining(['index.ts', 'parse.ts', `${id}.spec.ts`, 'readme.md', 'testdata']),
      );
      // What is checked on nothing but empty results would pass for a parser that reads nothing.
      expect(cases.some(({ expected }) => hasFacts(expected))).toBe(true);
    });

    it('imports no sibling', () => {
      const siblings = folders.filter((name) => name !== id).flatMap((name) => [`'../${name}'`, `'../${name}/`]);
      const sources = readdirSync(detectorFolder).filter((name) => name.endsWith('.ts'));
      const imported = sources.flatMap((name) => readFileSync(path.join(detectorFolder, name), 'utf8').split('\n'));
      expect(imported.filter((line) => siblings.some((sibling) => line.includes(sibling)))).toEqual([]);
    });

    it('has a valid file filter', () => {
      expect(fileFilterFault(detector.files)).toBeUndefined();
    });

    it('has file filters for all of its testdata, and for no more than it reads', () => {
      const patterns = detector.files.paths.map(globPattern);
      for (const file of cases.flatMap((one) => one.files)) {
        expect([file.path, patterns.some((pattern) => pattern.test(file.path))]).toEqual([file.path, true]);
        expect(file.content.length).toBeLessThanOrEqual(detector.files.maxBytes);
      }
    });

    it.each(cases.map((one) => [one.name, one] as const))('finds the expected facts in %s', async (_, one) => {
      const detected = await detect(detector, one.files, give);
      expect(normalised(detected)).toEqual(one.expected);
      const types = [
        ...(detected.features ?? []),
        ...(detected.namespaces ?? []).map(({ packageType: type }) => ({ type })),
      ];
      expect(types.filter(({ type }) => parsePackageType(type) === undefined)).toEqual([]);
    });

    it.each(cases.map((one) => [one.name, one] as const))('survives broken copies of %s', async (_, { files }) => {
      for (const [index, file] of files.entries()) {
        for (const content of brokenCopies(file.content)) {
          const broken = files.with(index, { path: file.path, content });
          const detected = await detect(detector, broken, give);
          expect(pathsOf(detected).filter((found) => !files.some((given) => given.path === found))).toEqual([]);
        }
      }
    });

    it('finds nothing in no files', async () => {
      expect(normalised(await detect(detector, []))).toMatchObject({ features: [], namespaces: [], problems: [] });
    });
  });
}

async function detect(
  detector: Detector,
  files: readonly WantedFile[],
  give: GiveFile = (file) => Promise.resolve(file),
): Promise<DetectedFacts> {
  const budget = createWorkBudget(detector.id, workLimits.detector);
  const given = await Promise.all(files.map((file) => give(file, detector.files)));
  const detected = await detector.detect(
    given.filter((file) => file !== undefined),
    budget,
  );
  // Small files never exhaust it, even broken ones.
  expect(budget.problem()).toBeUndefined();
  return detected;
}

interface TestCase {
  readonly name: string;
  readonly files: readonly WantedFile[];
  readonly expected: DetectedFacts;
}

const expectationFile = 'expected.json';

function readCases(testdata: string): TestCase[] {
  return readdirSync(testdata).map((name) => {
    const caseFolder = path.join(testdata, name);
    const files = readdirSync(caseFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => path.relative(caseFolder, file) !== expectationFile)
      .sort()
      .map((file) => ({
        path: path.relative(caseFolder, file).split(path.sep).join('/'),
        content: readFileSync(file),
      }));
    const expected = JSON.parse(readFileSync(path.join(caseFolder, expectationFile), 'utf8')) as DetectedFacts;
    return { name, files, expected };
  });
}

function normalised({ features = [], namespaces = [], evidence, problems = [] }: DetectedFacts): unknown {
  return { features, namespaces, ...(evidence !== undefined && { evidence }), problems };
}

function hasFacts({ features = [], namespaces = [], evidence = [] }: DetectedFacts): boolean {
  return features.length + namespaces.length + evidence.length > 0;
}

/** `*` matches any characters within one component, `**` any across components. */
function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

function pathsOf({
  features = [],
  namespaces = [],
  evidence = [],
  problems = [],
}: DetectedFacts): (string | undefined)[] {
  return [...features, ...namespaces, ...evidence, ...problems].map((fact) => fact.path);
}

/** Empty, cut at many points, ten times itself, random, and with single bytes changed; the same on every run. */
function* brokenCopies(content: Uint8Array): Generator<Uint8Array> {
  const random = randomBytes();
  const cuts = 40;
  for (let cut = 0; cut < cuts; cut++) yield content.subarray(0, Math.floor((content.length * cut) / cuts));
  yield content.subarray(0, -1);
  yield Buffer.concat(Array.from({ length: 10 }, () => content));
  yield Uint8Array.from({ length: Math.min(content.length, 100_000) }, random);
  for (let round = 0; round < 60; round++) {
    const copy = Uint8Array.from(content);
    // The start of a file contains its sizes and offsets, so half of the changes go there.
    const span = round % 2 === 0 ? copy.length : Math.min(copy.length, 256);
    for (let change = 0; change <= round / 4; change++) {
      copy[(random() * 65536 + random() * 256 + random()) % Math.max(span, 1)] = random();
    }
    yield copy;
  }
}

/** A linear congruential generator: reproducible, and good enough for noise. */
function randomBytes(): () => number {
  let state = 20240229;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}
