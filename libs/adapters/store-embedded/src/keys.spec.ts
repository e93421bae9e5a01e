import fc from 'fast-check';

import { keyPart, keysBelow, recordKey } from './keys';

const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom('', '#', '\t', '\n', 'a\tb', '__proto__', '~', ' '),
);

describe('recordKey', () => {
  it.each([
    [['debian:12', 'libssl3'], 'advisories\tdebian:12\tlibssl3'],
    [['npm', '@scope/name'], 'advisories\tnpm\t@scope/name'],
    [['npm', '__proto__'], 'advisories\tnpm\t__proto__'],
  ])('keeps ordinary names readable: %j', (parts, key) => {
    expect(recordKey('advisories', ...parts)).toBe(key);
  });

  it.each(['', '#', '#x', 'a\tb', 'a\nb', 'ä', '\u0000', 'x'.repeat(161)])('hashes %j', (name) => {
    expect(keyPart(name)).toMatch(/^#[0-9a-f]{64}$/);
  });

  it('is short enough for LMDB, for any parts', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (parts) => {
        expect(Buffer.byteLength(recordKey('advisories', ...parts))).toBeLessThan(1978);
      }),
    );
  });

  it('differs where a part differs', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }), (a, b) => {
        const same =
          JSON.stringify(a.map((part) => Buffer.from(part).toString())) ===
          JSON.stringify(b.map((part) => Buffer.from(part).toString()));
        expect(recordKey('text', ...a) === recordKey('text', ...b)).toBe(same);
      }),
    );
  });

  it('is below its first parts and below no others', () => {
    const inside = (key: string, { start, end }: { start: string; end: string }) => key >= start && key < end;
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const key = recordKey('hash', a, b);
        expect(inside(key, keysBelow('hash', a))).toBe(true);
        expect(inside(key, keysBelow('hash'))).toBe(true);
        expect(inside(key, keysBelow('hash', c))).toBe(keyPart(a) === keyPart(c));
        expect(inside(key, keysBelow('hash', a, b))).toBe(false);
      }),
    );
  });
});
