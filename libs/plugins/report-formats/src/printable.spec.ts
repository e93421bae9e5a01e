import fc from 'fast-check';

import { mapped, printable, printableJson } from './printable';

describe('printable', () => {
  it.each([
    ['libssl3', 'libssl3'],
    ['größe パッケージ 🦑', 'größe パッケージ 🦑'],
    ['a\\b', 'a\\b'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['a\nb\r\tc', 'a\\u{a}b\\u{d}\\u{9}c'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['\u200bzero\ufeff', '\\u{200b}zero\\u{feff}'],
    ['\u009b2J', '\\u{9b}2J'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\u2028', '\\u{2028}'],
    [`e${'\u0301'.repeat(9)}`, `e${'\u0301'.repeat(4)}…`],
  ])('spells %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('keeps both ends of over-long text', () => {
    const text = printable(`begin${'x'.repeat(10_000)}end`);
    expect(text).toHaveLength(281);
    expect(text).toMatch(/^begin.*…x+end$/);
  });

  it('leaves nothing that a terminal executes, for any input', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('printableJson', () => {
  const textOf = (value: object): string => [...printableJson(value)].join('');

  it('writes lists element by element as JSON.stringify writes them', () => {
    const list = Array.from({ length: 100 }, (_, n) => (n % 3 === 0 ? { name: `n\u00e9 ${n}`, more: [n, {}] } : n));
    const value = {
      first: 1,
      none: undefined,
      empty: [],
      list: [...list, undefined, 'a\nb'],
      last: { a: [1], b: '\u202e' },
    };
    const expected = `${JSON.stringify(value, undefined, 2).replace('\u202e', String.raw`\u202e`)}\n`;
    expect(textOf(value)).toBe(expected);
    expect(textOf({ ...value, list: mapped(value.list, (element) => element) })).toBe(expected);
    expect(textOf({})).toBe('{}\n');
  });

  it('reads only some elements of a list before they are written', () => {
    let asked = 0;
    const list = mapped(Array.from({ length: 1000 }), () => (asked += 1));
    const [first, second = ''] = printableJson({ list });
    expect([first, second.slice(0, 14), asked < 100]).toEqual(['{\n  "list": ', '[\n    1,\n    2', true]);
  });

  it.each([0, 1, 31, 32, 33, 64, 100])('indents %d elements as JSON.stringify does', (length) => {
    const list = Array.from({ length }, (_, at) => ({ at, of: [at, { name: String(at) }], empty: {}, none: [] }));
    expect(textOf({ list: mapped(list, (one) => one), last: 1 })).toBe(
      `${JSON.stringify({ list, last: 1 }, null, 2)}\n`,
    );
  });

  it('parses to what was written, and contains nothing that a terminal executes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        const text = textOf(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it.each(['\u007f', '\u202e', '\u{e0041}', '\ud800'])('escapes %j', (text) => {
    expect(textOf({ text })).toMatch(/: "(?:\\u[0-9a-f]{4})+"\n}\n$/);
    expect(JSON.parse(textOf({ text }))).toEqual({ text });
  });
});
