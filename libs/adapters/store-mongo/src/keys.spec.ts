import { idsBelow, keyPart, readableParts, recordKey, sequencePart } from './keys';

describe('key parts', () => {
  it.each([['debian:12'], ['x'.repeat(256)], ['a#b'], ['$where'], ['a.b'], ['__proto__']])('keeps %p', (text) => {
    expect(keyPart(text)).toBe(text);
  });

  it.each([[''], ['#x'], ['a\tb'], ['a\nb'], ['a\u0000b'], ['größe'], ['x'.repeat(257)], ['\ud800']])(
    'hashes %p',
    (text) => {
      expect(keyPart(text)).toMatch(/^#[0-9a-f]{64}$/);
    },
  );
});

describe('keys', () => {
  it('can be split into their parts, unless one is hashed', () => {
    expect(readableParts(recordKey('debian:12', 'openssl'))).toEqual(['debian:12', 'openssl']);
    expect(readableParts(recordKey('debian:12', ''))).toBeUndefined();
  });

  it('below a prefix are exactly those with more parts', () => {
    const { $gt, $lt } = idsBelow('feed', 'a');
    const below = (...parts: readonly string[]) => recordKey(...parts) > $gt && recordKey(...parts) < $lt;
    expect(below('feed', 'a', ' ')).toBe(true);
    expect(below('feed', 'a', '~', 'x')).toBe(true);
    expect(below('feed', 'a', '')).toBe(true);
    expect(below('feed', 'a')).toBe(false);
    expect(below('feed', 'a b')).toBe(false);
    expect(below('feed', 'ab', 'x')).toBe(false);
  });

  it('of numbers are in their order', () => {
    const numbers = [0, 9, 10, 99, 1000, 999_999_999];
    expect(numbers.map(sequencePart).sort()).toEqual(numbers.map(sequencePart));
  });
});
