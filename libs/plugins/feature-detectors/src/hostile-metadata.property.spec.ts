import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkBudget, type Detector, partsOf, type WantedFile, workLimits } from '@clarion/model';
import fc from 'fast-check';
import { giveFile } from '../testing/give-file';
import { featureDetectors } from './index';

// Metadata is written by anyone: whatever is in it, a detector returns packages with a name and a version, or problems,
// and never throws. Paths, names of parts and words are those of each detector's testdata.

/** The files of a detector's testdata as it is given them. */
async function samplesOf({ id, files }: Detector): Promise<readonly WantedFile[]> {
  const folder = path.join(__dirname, id, 'testdata');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'expected.json')
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const given = await Promise.all(
    names.map((name) => {
      const inLayer = name.split(path.sep).slice(1).join('/');
      return giveFile({ path: inLayer, content: readFileSync(path.join(folder, name)) }, files);
    }),
  );
  return given.filter((file) => file !== undefined);
}

const mostWords = 200;

/** Words and marks of some samples, and text that a parser may take for a member of every object. */
function wordsOf(samples: readonly WantedFile[]): readonly string[] {
  const texts = samples.map(({ content }) => Buffer.from(content.subarray(0, 4096)).toString('latin1'));
  const words = new Set(
    texts.flatMap((text) => text.match(/[A-Za-z_$%-]{2,40}|[=:<>{}[\]"'\t\n\\/#]|\d+(?:\.\d+)+/g) ?? []),
  );
  return [...words].slice(0, mostWords).concat('1.0', '__proto__', 'constructor', '', ' ', '\0');
}

function json(words: readonly string[]): fc.Arbitrary<unknown> {
  const word = fc.oneof(fc.constantFrom(...words), fc.string());
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      word,
      fc.constantFrom(null, true, 1, -0.5),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(word, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
}

/** Bytes that a detector may find in a file or a part of one. */
function contents(words: readonly string[]): fc.Arbitrary<Buffer> {
  const part = fc.oneof(fc.constantFrom(...words), fc.string());
  const lines = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
  return fc.oneof(
    json(words).map((value) => Buffer.from(JSON.stringify(value))),
    lines.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );
}

/** A file like a sample, with other bytes in it or in each of its parts. */
function like(sample: WantedFile, bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<WantedFile> {
  const { excerpt } = sample;
  if (excerpt === undefined) return bytes.map((content) => ({ path: sample.path, content }));
  const { parts } = excerpt;
  return fc.array(bytes, { minLength: parts.length, maxLength: parts.length }).map((all) => ({
    path: sample.path,
    content: Buffer.concat(all),
    excerpt: {
      ...excerpt,
      parts: parts.map((part, at) => ({ ...part, size: all[at]!.length, fullSize: all[at]!.length })),
    },
  }));
}

describe.each(featureDetectors.map((detector) => [detector.id, detector] as const))('%s', (_, detector) => {
  test('returns packages or problems for any content', async () => {
    const samples = await samplesOf(detector);
    const bytes = contents(wordsOf(samples));
    const files = fc.array(fc.oneof(...samples.map((sample) => like(sample, bytes))), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const budget = createWorkBudget(detector.id, workLimits.detector);
        const { features = [], problems = [] } = await detector.detect(given, budget);
        const paths = new Set(given.map((file) => file.path));
        for (const { name, version, license, path: at } of features) {
          expect([typeof name, typeof version, paths.has(at)]).toEqual(['string', 'string', true]);
          expect(name !== '' && version !== '' && license !== '').toBe(true);
        }
        expect(problems.every(({ path: at }) => at === undefined || paths.has(at))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

test('the testdata of every detector has files that it is given, and parts where it asks for parts', async () => {
  for (const detector of featureDetectors) {
    const samples = await samplesOf(detector);
    const parts = samples.flatMap((sample) => [...partsOf(sample)]);
    expect([detector.id, samples.length > 0, detector.files.excerpt === undefined || parts.length > 0]).toEqual([
      detector.id,
      true,
      true,
    ]);
  }
});
