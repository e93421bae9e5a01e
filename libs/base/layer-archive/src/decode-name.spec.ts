import fc from 'fast-check';
import { decodeName } from './decode-name';

describe('decodeName', () => {
  test.each<[string, number[], string]>([
    ['ASCII', [0x61, 0x62], 'ab'],
    ['UTF-8', [0xc3, 0xa9], 'é'],
    ['four bytes', [0xf0, 0x9f, 0x98, 0x80], '😀'],
    ['the replacement character itself', [0xef, 0xbf, 0xbd], '\ufffd'],
    ['latin1', [0x61, 0xe9, 0x62], 'a\\xe9b'],
    ['a character cut off at the end', [0x61, 0xe2, 0x82], 'a\\xe2\\x82'],
    ['an overlong form', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['a backslash beside an invalid byte', [0x5c, 0xff, 0xc3, 0xa9], '\\\\\\xffé'],
    ['a backslash alone', [0x5c, 0x78], '\\x'],
  ])('%s', (_, bytes, text) => {
    expect(decodeName(Buffer.from(bytes))).toBe(text);
  });

  test('valid UTF-8 stays unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeName(Buffer.from(text))).toBe(text);
      }),
    );
  });

  test('different invalid names have different results', () => {
    const invalid = fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from([...bytes, 0xff]));
    fc.assert(
      fc.property(invalid, invalid, (one, other) => {
        expect(decodeName(one) === decodeName(other)).toBe(one.equals(other));
      }),
      { numRuns: 1000 },
    );
  });
});
