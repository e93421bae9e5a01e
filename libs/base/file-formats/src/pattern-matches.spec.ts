import { memorySource } from '@clarion/layer-archive';
import fc from 'fast-check';
import { findPatterns } from './pattern-matches';

const mebibyte = 1024 * 1024;

function found(text: Buffer, patterns: readonly string[], { before = 0, after = 0, maxMatches = 100 } = {}): unknown {
  const search = { patterns: patterns.map((pattern) => Buffer.from(pattern, 'latin1')), before, after, maxMatches };
  const { matches, more } = findPatterns(memorySource(text), search);
  const shown = matches.map(({ pattern, offset, size }) => {
    return [String(pattern), offset, text.toString('latin1', offset, offset + size)];
  });
  return more ? [...shown, 'more'] : shown;
}

describe('findPatterns', () => {
  it.each<[string, string, readonly string[], object, unknown]>([
    ['nothing', 'abc', ['OpenSSL'], {}, []],
    ['what surrounds it', '..OpenSSL 3.1..', ['OpenSSL'], { before: 1, after: 4 }, [['OpenSSL', 1, '.OpenSSL 3.1']]],
    ['what there is at the ends', 'OpenSSL', ['OpenSSL'], { before: 9, after: 9 }, [['OpenSSL', 0, 'OpenSSL']]],
    ['overlapping ones as one', 'abab-abab', ['abab', 'b-ab'], {}, [['abab', 0, 'abab-abab']]],
    ['all ones at one offset', 'aaaaaa', ['aaaa'], {}, [['aaaa', 0, 'aaaaaa']]],
    ['the first ones', 'ab ab ab', ['ab'], { maxMatches: 2 }, [['ab', 0, 'ab'], ['ab', 3, 'ab'], 'more']],
    [
      'no more than there are',
      'ab ab',
      ['ab'],
      { maxMatches: 2 },
      [
        ['ab', 0, 'ab'],
        ['ab', 3, 'ab'],
      ],
    ],
  ])('finds %s', (_, text, patterns, options, expected) => {
    expect(found(Buffer.from(text), patterns, options)).toEqual(expected);
  });

  it.each([-3, -1, 0, 1])('finds what lies across two pieces of a file, at %d', (shift) => {
    const text = Buffer.alloc(2 * mebibyte + 10, '.');
    text.write('pattern', mebibyte + shift);
    text.write('pattern', 2 * mebibyte + shift);
    expect(found(text, ['pattern'])).toEqual([
      ['pattern', mebibyte + shift, 'pattern'],
      ['pattern', 2 * mebibyte + shift, 'pattern'],
    ]);
  });

  it('finds the bytes that a search at every offset finds', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 40 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(
        letters,
        fc.array(pattern, { minLength: 1, maxLength: 8 }),
        fc.nat(3),
        fc.nat(3),
        (text, patterns, before, after) => {
          const covered = new Set<number>();
          for (let at = 0; at < text.length; at += 1) {
            for (const one of patterns.filter((candidate) => text.startsWith(candidate, at))) {
              for (let near = at - before; near < at + one.length + after; near += 1) {
                if (near >= 0 && near < text.length) covered.add(near);
              }
            }
          }
          const search = { patterns: patterns.map((one) => Buffer.from(one)), before, after, maxMatches: 1000 };
          const { matches } = findPatterns(memorySource(Buffer.from(text)), search);
          const bytes = matches.flatMap(({ offset, size }) =>
            Array.from({ length: size }, (_, index) => offset + index),
          );
          expect(bytes).toEqual([...covered].sort((a, b) => a - b));
        },
      ),
    );
  });
});
