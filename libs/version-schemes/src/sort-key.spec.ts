import fc from 'fast-check';
import { numberKey, orderByKey } from './sort-key';

describe('numberKey', () => {
  it('orders like the numbers, with zeros in front', () => {
    const digits = fc.tuple(fc.bigInt({ min: 0n, max: 1n << 200n }), fc.nat({ max: 3 }));
    fc.assert(
      fc.property(digits, digits, ([a, zerosA], [b, zerosB]) => {
        const keys = [numberKey('0'.repeat(zerosA) + String(a)), numberKey('0'.repeat(zerosB) + String(b))] as const;
        expect([keys[0] < keys[1], keys[0] === keys[1]]).toEqual([a < b, a === b]);
      }),
    );
  });

  it.each([61_439, 61_440, 65_536, 200_000])('has no longest number: %d digits', (length) => {
    const smaller = '9'.repeat(length);
    const larger = `1${'0'.repeat(length)}`;
    expect(numberKey(smaller) < numberKey(larger)).toBe(true);
    expect(numberKey(smaller) < numberKey(`${'9'.repeat(length - 1)}8`)).toBe(false);
  });
});

describe('orderByKey', () => {
  it('stays right when far more versions come than it remembers', () => {
    let made = 0;
    const scheme = orderByKey({
      id: 'numbers',
      title: 'Whole numbers',
      url: 'https://example.org/',
      isValid: () => true,
      key(version) {
        made++;
        return numberKey(version);
      },
    });
    const count = 60_000;
    for (let n = 1; n < count; n++) {
      if (scheme.compare(String(n - 1), String(n)) >= 0) throw new Error(`${n} is not above ${n - 1}`);
    }
    // Neighbours are remembered, so one key a version is made.
    expect(made).toBe(count);
    scheme.compare('0', String(count - 1));
    expect(made).toBe(count + 1);
    // Long ones never are.
    const long = '7'.repeat(200);
    expect(scheme.compare(long, long)).toBe(0);
    expect(made).toBe(count + 3);
  });
});
