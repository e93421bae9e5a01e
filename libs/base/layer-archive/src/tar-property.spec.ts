import { Readable } from 'node:stream';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { member, pax, octal } from '@clarion/test-kit';
import { tarOf } from '../testing/walked';
import { chunked, collect, resultOf, record } from '../testing/recording';
import { walkTar } from './walk-tar';

describe('walkTar: any tar, any bytes', () => {
  interface Made {
    readonly name: string;
    readonly type: 'file' | 'directory' | 'symlink' | 'link';
    readonly content: Uint8Array;
  }
  const name = fc
    .array(fc.string({ unit: fc.constantFrom('a', 'é', '.x', ' ', 'long-component-'), minLength: 1, maxLength: 20 }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join('/'));
  const made: fc.Arbitrary<Made[]> = fc.array(
    fc.record({
      name,
      type: fc.constantFrom('file', 'file', 'directory', 'symlink', 'link'),
      content: fc.uint8Array({ maxLength: 1500 }),
    }),
    { maxLength: 12 },
  );

  async function build(entries: readonly Made[]): Promise<Buffer> {
    const packed = pack();
    for (const { name: path, type, content } of entries) {
      if (type === 'file') packed.entry({ name: path, type }, Buffer.from(content));
      else packed.entry({ name: path, type, ...(type !== 'directory' && { linkname: `to/${path}` }) });
    }
    packed.finalize();
    return collect(Readable.from(packed) as AsyncIterable<Uint8Array>);
  }

  test('what tar-stream packs is read back unchanged, at any chunk size', async () => {
    await fc.assert(
      fc.asyncProperty(made, fc.integer({ min: 1, max: 3000 }), async (entries, size) => {
        const recording = record();
        await walkTar(chunked(await build(entries), size), recording);
        const types = { file: 'file', directory: 'directory', symlink: 'symlink', link: 'hardlink' };
        expect(recording.entries.map(({ path, type, link }) => ({ path, type, link }))).toEqual(
          entries.map((entry) => ({
            path: entry.name,
            type: types[entry.type],
            link: entry.type === 'symlink' || entry.type === 'link' ? `to/${entry.name}` : '',
          })),
        );
        for (const entry of entries.filter(({ type }) => type === 'file')) {
          const last = entries.findLast((other) => other.name === entry.name && other.type === 'file');
          expect(recording.contents.get(entry.name)).toEqual(Buffer.from(last?.content ?? []));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a tar that is cut off anywhere is reported, and everything before the cut is correct', async () => {
    await fc.assert(
      fc.asyncProperty(made, fc.nat(), async (entries, at) => {
        const tar = await build(entries);
        const end = at % tar.length;
        const recording = record();
        const problems: string[] = [];
        const result = await resultOf(
          walkTar(chunked(tar.subarray(0, end)), recording).then((result) =>
            problems.push(...result.problems.map(({ code }) => code)),
          ),
        );
        const contentEnds = tar.length - 1024;
        if (result !== 'ok') expect(result).toMatch(/^(?:corrupt-data|invalid-input): /);
        else if (end <= contentEnds) expect(problems).toContain('truncated-archive');
      }),
      { numRuns: 200 },
    );
  });

  test('flipped bytes never crash or hang', async () => {
    const base = tarOf(
      pax([
        ['path', 'p'],
        ['size', '4'],
      ]),
      member({ size: 4 }, 'abcd'),
      member({ flag: 'L' }, 'l'),
      member({ flag: 'S', format: 'gnu' }),
      member({ flag: '1', link: 'x' }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.boolean(),
        async (flips, repair) => {
          const tar = Buffer.from(base);
          for (const [at, byte] of flips) tar[at] = byte;
          if (repair) for (let at = 0; at < tar.length; at += 512) repairChecksum(tar.subarray(at, at + 512));
          expect(await resultOf(walkTar(chunked(tar), record()))).toMatch(
            /^(?:ok|corrupt-data: .*|invalid-input: .*|limit-exceeded: .*)$/,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  function repairChecksum(block: Buffer): void {
    if (block[148] === 0) return;
    block.write('        ', 148);
    block.write(
      `${octal(
        block.reduce((total, byte) => total + byte, 0),
        6,
      )}\0 `,
      148,
    );
  }
});
