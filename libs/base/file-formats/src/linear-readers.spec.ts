import fc from 'fast-check';
import { ClarionError } from '@clarion/model';
import { mostLinearGrowth, stepGrowth, testBudget } from '@clarion/test-kit';
import { arrayElements, archiveMembers, jsonElements, jsonMembers, textLines, xmlRecords } from './documents';
import { apkRecords, deb822Stanzas, decodeText, shellAssignments } from './index';
import { type HostileBody, counted, hostileShapes } from '../testing/hostile-shapes';

type Reader = (body: AsyncIterable<Uint8Array>) => AsyncIterable<unknown>;

const label = 'hostile';
const whole = (read: (bytes: Uint8Array) => Iterable<unknown>): Reader =>
  async function* (body) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    yield* read(Buffer.concat(chunks));
  };

/** Every reader of untrusted input, piece by piece or whole. */
const readers: Readonly<Record<string, Reader>> = {
  jsonMembers: (body) => jsonMembers(body),
  jsonElements: (body) => jsonElements(body, 'x'),
  arrayElements: (body) => arrayElements(body),
  xmlRecords: (body) => xmlRecords(body, { root: 'r', isRecord: (name) => name === 'u' }),
  textLines: (body) => textLines(body),
  archiveMembers: (body) => archiveMembers(body, { label }),
  deb822Stanzas: whole((bytes) =>
    deb822Stanzas(bytes, { names: new Set(['package', 'version']), opener: 'package' }, testBudget()),
  ),
  apkRecords: whole((bytes) => apkRecords(bytes, 'PV', testBudget())),
  shellAssignments: whole((bytes) => shellAssignments(decodeText(bytes))),
};

async function* cut(bytes: Buffer, piece: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

/** Reads everything; an invalid document ends with a `ClarionError`. */
async function readAll(reader: Reader, bytes: Buffer, piece: number): Promise<void> {
  try {
    const reading = reader(cut(bytes, piece))[Symbol.asyncIterator]();
    while ((await reading.next()).done !== true);
  } catch (error) {
    if (!(error instanceof ClarionError)) throw error;
  }
}

interface Cut {
  readonly size: number;
  readonly piece: number;
}

/** The growth of a reader's work when all of its inputs double. */
function growth(reader: Reader, bodies: readonly HostileBody[], { size, piece }: Cut): Promise<number> {
  const make = (bytes: number): readonly Buffer[] => bodies.map((body) => body(bytes));
  const run = async (made: readonly Buffer[]): Promise<void> => {
    for (const body of made) await readAll(reader, body, piece);
  };
  return stepGrowth(make, run, size);
}

const cuts: readonly Cut[] = [
  { size: 2048, piece: 1 },
  { size: 16_384, piece: 512 },
];

/**
 * Names of the inputs whose cost grows faster than their size. A single one outweighs all others, so they are measured
 * together first.
 */
async function tooHeavy(reader: Reader, shapes: Readonly<Record<string, HostileBody>>): Promise<readonly string[]> {
  const names: string[] = [];
  for (const cut of cuts) {
    if ((await growth(reader, Object.values(shapes), cut)) < mostLinearGrowth) continue;
    for (const [name, body] of Object.entries(shapes)) {
      if ((await growth(reader, [body], cut)) >= mostLinearGrowth) names.push(`${name}, ${cut.piece} bytes a piece`);
    }
  }
  return names;
}

const tokens = ['{', '}', '[', ']', '"', ':', ',', '\\', '1', ' ', '\n', '<', '>', '/', '=', '&', ';', '!', '-'];
const token = fc.constantFrom(...tokens, '"x"', '<r>', '<u ', 'a#', ']]>', '<!--');
const start = fc.constantFrom('', '{"x":', '{"x":[', '{"y":', '<r><u>', '[', 'A=');
const sample = fc.tuple(start, fc.array(token, { minLength: 1, maxLength: 5 }));

describe.each(Object.entries(readers))('%s does twice as much for twice as many bytes', (_, reader) => {
  it('of every known shape', async () => {
    expect(await tooHeavy(reader, hostileShapes)).toEqual([]);
  });

  it('of repeated parts', async () => {
    const samples = fc.array(sample, { minLength: 40, maxLength: 40 });
    const named = samples.map((rows) =>
      Object.fromEntries(
        rows.map(([from, parts]) => [from + parts.join(''), counted(parts.join(''), { start: from })]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(named, async (shapes) => {
        expect(await tooHeavy(reader, shapes)).toEqual([]);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });
});
