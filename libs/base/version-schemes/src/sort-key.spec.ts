import type { VersionScheme } from '@clarion/model';
import fc from 'fast-check';
import { digitsEnd, isLetter, lettersEnd, numberKey, orderByKey, spanEnd } from './sort-key';

describe('numberKey', () => {
  it('orders like the numbers, with leading zeros', () => {
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 1n << 200n }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(digits, digits, ([a, zerosA], [b, zerosB]) => {
        const keys = [numberKey('0'.repeat(zerosA) + String(a)), numberKey('0'.repeat(zerosB) + String(b))] as const;
        expect([keys[0] < keys[1], keys[0] === keys[1]]).toEqual([a < b, a === b]);
      }),
    );
  });

  it('reads only the given span', () => {
    expect(numberKey('1000', 1, 3)).toBe(numberKey('0'));
    expect(numberKey('1020', 1, 3)).toBe(numberKey('2'));
  });

  it.each([63, 64, 61_439, 61_440, 65_535, 65_536, 131_071, 200_000])('has no longest number: %d digits', (length) => {
    const smaller = '9'.repeat(length);
    const larger = `1${'0'.repeat(length)}`;
    expect(numberKey(smaller) < numberKey(larger)).toBe(true);
    expect(numberKey(smaller) < numberKey(`${'9'.repeat(length - 1)}8`)).toBe(false);
  });
});

describe('where a span ends', () => {
  // The characters around each end of the three spans of ASCII, and letters that are not ASCII.
  it.each([
    ['digits', '0123456789', digitsEnd],
    ['letters', 'AMZamz', lettersEnd],
    ['any others', 'AMZamz', (text: string, start: number) => spanEnd(text, start, isLetter)],
  ] as const)('of %s', (_, accepted, endOf) => {
    expect(endOf(accepted, 0)).toBe(accepted.length);
    expect(endOf(`..${accepted}`, 2)).toBe(accepted.length + 2);
    expect(endOf(accepted, accepted.length)).toBe(accepted.length);
    expect(endOf('', 0)).toBe(0);
    for (const other of '/:@[`{-.~ é\u0660') {
      expect([other, endOf(accepted + other + accepted, 0)]).toEqual([other, accepted.length]);
      expect([other, endOf(other, 0)]).toEqual([other, 0]);
    }
  });
});

describe('orderByKey', () => {
  /** Whole numbers as digits; counts how many keys were made. */
  function numbers(): Pick<VersionScheme, 'compare' | 'isValid'> & { readonly made: () => number } {
    let made = 0;
    const scheme = orderByKey({
      id: 'numbers',
      title: 'Whole numbers',
      url: 'https://example.org/',
      isValid: (version) => digitsEnd(version, 0) === version.length,
      key(version) {
        made++;
        return digitsEnd(version, 0) === version.length ? numberKey(version) : undefined;
      },
    });
    return { ...scheme, made: () => made };
  }

  it('is the order of the keys, and leaves validity to the scheme', () => {
    const { compare, isValid } = numbers();
    expect([compare('2', '10'), compare('10', '2'), compare('2', '02')].map(Math.sign)).toEqual([-1, 1, 0]);
    expect(['2', 'x'].map((version) => isValid(version))).toEqual([true, false]);
  });

  it('remembers versions, as long as there is room', () => {
    const { compare, made } = numbers();
    for (let n = 0; n < 1_000; n++) compare(String(n), '0');
    expect(made()).toBe(1_000);
    compare('1', '999');
    expect(made()).toBe(1_000);
  });

  it('remembers versions of up to 256 characters', () => {
    const { compare, made } = numbers();
    const [longest, longer] = ['1'.repeat(256), '1'.repeat(257)];
    compare(longest, longest);
    expect(made()).toBe(1);
    compare(longer, longer);
    expect(made()).toBe(3);
  });

  it.each([
    ['a short one', 'x', '"x"'],
    ['80 characters', 'x'.repeat(80), `"${'x'.repeat(80)}"`],
    ['longer ones cut', 'x'.repeat(81), `"${'x'.repeat(80)}…"`],
  ])('names the version that has no position: %s', (_, version, shown) => {
    expect(() => numbers().compare('1', version)).toThrow(
      expect.objectContaining({ code: 'invalid-version', message: `numbers cannot order version ${shown}` }) as Error,
    );
  });

  it('stays correct with far more versions than it remembers', () => {
    const { compare, made } = numbers();
    const count = 200_000;
    for (let n = 1; n < count; n++) {
      if (compare(String(n - 1), String(n)) >= 0) throw new Error(`${n} is not above ${n - 1}`);
    }
    // Recent versions are remembered, so one key is made per version.
    expect(made()).toBe(count);
    compare('0', String(count - 1));
    expect(made()).toBe(count + 1);
    // Long versions are never remembered.
    const long = '7'.repeat(257);
    expect(compare(long, long)).toBe(0);
    expect(made()).toBe(count + 3);
  });
});
