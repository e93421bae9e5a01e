import fc from 'fast-check';
import { testBudget } from '@clarion/test-kit';
import { apkRecords } from './apk-installed';
import { deb822Stanzas } from './deb822';
import { shellAssignments } from './shell-assignments';
import { decodeText } from './text';

function stanzas(text: string, ...names: readonly string[]): [number, Record<string, string>][] {
  return [...deb822Stanzas(Buffer.from(text), { names: new Set(names) }, testBudget())].map(({ line, fields }) => [
    line,
    Object.fromEntries(fields),
  ]);
}

describe('deb822', () => {
  it.each<[what: string, text: string, expected: [number, Record<string, string>][]]>([
    ['nothing', '', []],
    ['blank lines', '\n \n\t\r\n', []],
    ['one stanza', 'A: 1\nB: 2\n', [[1, { a: '1', b: '2' }]]],
    ['no newline at the end', 'A: 1', [[1, { a: '1' }]]],
    [
      'two stanzas',
      '\nA: 1\n\n\nA: 2\n',
      [
        [2, { a: '1' }],
        [5, { a: '2' }],
      ],
    ],
    [
      'a line of blanks as the end of a stanza',
      'A: 1\n \t\nA: 2\n',
      [
        [1, { a: '1' }],
        [3, { a: '2' }],
      ],
    ],
    [
      'lines of Windows',
      'A: 1\r\nB: 2\r\n\r\nA: 3\r\n',
      [
        [1, { a: '1', b: '2' }],
        [4, { a: '3' }],
      ],
    ],
    ['names in any case', 'a: 1\nB : 2', [[1, { a: '1', b: '2' }]]],
    ['values with colons', 'A: b: c', [[1, { a: 'b: c' }]]],
    ['continuation lines', 'A: 1\n 2\n\t3\nB: 4', [[1, { a: '1\n2\n3', b: '4' }]]],
    ['continuation lines of an unwanted field', 'X: 1\n 2\nA: 3\n 4', [[1, { a: '3\n4' }]]],
    ['a continuation line without field', ' 1\nA: 2', [[1, { a: '2' }]]],
    ['the first of repeated fields', 'A: 1\nA: 2\n 3', [[1, { a: '1' }]]],
    ['comments', '# note\nA: 1\n# note\n 2', [[1, { a: '1\n2' }]]],
    ['lines that are not fields', 'what\n: 1\nA: 1', [[1, { a: '1' }]]],
    ['empty values', 'A:\nB: ', [[1, { a: '', b: '' }]]],
    ['the name __proto__', '__proto__: 1\nA: 1', [[1, { a: '1' }]]],
  ])('reads %s', (_, text, expected) => {
    expect(stanzas(text, 'a', 'b')).toEqual(expected);
  });

  it('splits stanzas at the field that opens them, and keeps nine further values of a field', () => {
    const text = `A: 1\nB: 2\nB: 3\n 4\nA: 5\n${'B: 6\n'.repeat(1000)}`;
    const options = { names: new Set(['a', 'b']), opener: 'a' };
    const found = [...deb822Stanzas(Buffer.from(text), options, testBudget())];
    expect(found.map(({ fields, repeated, joined }) => [[...fields], [...repeated], joined])).toEqual([
      [[...Object.entries({ a: '1', b: '2' })], [['b', ['3']]], false],
      [[...Object.entries({ a: '5', b: '6' })], [['b', Array(9).fill('6')]], true],
    ]);
  });

  it('keeps no more than 64 KiB of continuation lines', () => {
    const [, fields] = stanzas(`A: 1\n${' more\n'.repeat(100_000)}B: 2`, 'a', 'b')[0]!;
    expect(fields['a']!.length).toBeLessThan(65_600);
    expect(fields['b']).toBe('2');
  });

  it('returns what was written', () => {
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    const stanza = fc.record({ a: value, b: value });
    fc.assert(
      fc.property(fc.array(stanza), (written) => {
        const text = written.map(({ a, b }) => `A: ${a}\nX: y\n z\nb: ${b}\n\n`).join('');
        expect(stanzas(text, 'a', 'b').map(([, fields]) => fields)).toEqual(written);
      }),
    );
  });
});

describe('apk records', () => {
  const records = (text: string): [number, Record<string, string>][] =>
    [...apkRecords(Buffer.from(text), 'PVo', testBudget())].map(({ line, fields }) => [
      line,
      Object.fromEntries(fields),
    ]);

  it.each<[what: string, text: string, expected: [number, Record<string, string>][]]>([
    ['nothing', '', []],
    ['one record', 'P:a\nV:1\n', [[1, { P: 'a', V: '1' }]]],
    [
      'two records',
      'P:a\n\nP:b',
      [
        [1, { P: 'a' }],
        [3, { P: 'b' }],
      ],
    ],
    [
      'lines of Windows',
      'P:a\r\nV:1\r\n\r\nP:b\r\n',
      [
        [1, { P: 'a', V: '1' }],
        [4, { P: 'b' }],
      ],
    ],
    ['letters by their case', 'p:x\nP:a\nO:x', [[1, { P: 'a' }]]],
    ['the first of repeated fields', 'P:a\nV:1\nV:2', [[1, { P: 'a', V: '1' }]]],
    [
      'names without a blank line between',
      'P:a\nV:1\nP:b\nV:2',
      [
        [1, { P: 'a', V: '1' }],
        [1, { P: 'b', V: '2' }],
      ],
    ],
    ['lines that are not fields', 'P\nPV:x\n:\nP:a', [[1, { P: 'a' }]]],
  ])('are read from %s', (_, text, expected) => {
    expect(records(text)).toEqual(expected);
  });

  it('return what was written', () => {
    const value = fc.stringMatching(/^[!-~]{1,20}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ P: value, V: value })), (written) => {
        const text = written.map(({ P, V }) => `C:Q1x=\nP:${P}\nV:${V}\nF:usr\nR:x\n\n`).join('');
        expect(records(text).map(([, fields]) => fields)).toEqual(written);
      }),
    );
  });
});

describe('shell assignments', () => {
  it.each([
    ['A=1', '1'],
    ['A="1 2"', '1 2'],
    ["A='1 2'", '1 2'],
    ['A=1 2', '1'],
    ['A=1 # note', '1'],
    ['A=', ''],
    ['A=""', ''],
    ['  A=1', '1'],
    ['export A=1', '1'],
    ['A=1\r', '1'],
    ['A="a \\"b\\" \\$c \\`d\\` \\\\"', 'a "b" $c `d` \\'],
    ['A="\\n"', '\\n'],
    ["A='\\n'", '\\n'],
    ['A=\\n', 'n'],
    ['A=a\\ b', 'a b'],
    ['A="a"b\'c\'', 'abc'],
    ['A="a\'b"', "a'b"],
    ['A="open', 'open'],
    ['A=end\\', 'end\\'],
    ['A=1\nA=2', '2'],
    ['# A=1', undefined],
    ['A = 1', undefined],
    ['1A=1', undefined],
    ['', undefined],
  ])('of %j give %j', (text, value) => {
    expect(shellAssignments(text).get('A')).toBe(value);
  });

  it('read any quoted text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', '$', '`', '#', '=') }), (written) => {
        const quoted = `A="${written.replace(/["$`\\]/g, '\\$&')}"`;
        expect(shellAssignments(quoted).get('A')).toBe(written.trim());
      }),
    );
  });

  it('take linear time for a line of a megabyte of blanks and keys', () => {
    const text = `${' '.repeat(1_000_000)}A=1\n${'B'.repeat(1_000_000)}=2\nC=3`;
    expect([...shellAssignments(text)]).toEqual([['C', '3']]);
  });
});

describe('decodeText', () => {
  it.each([
    [[0x61, 0xc3, 0xa9], 'aé'],
    [[0xef, 0xbb, 0xbf, 0x61], 'a'],
    [[0x61, 0xff], 'a\uFFFD'],
    [[], ''],
  ])('decodes %j', (bytes, text) => {
    expect(decodeText(Uint8Array.from(bytes))).toBe(text);
  });
});
