import { overJsonBounds } from './json-bounds';

describe('the bounds of a JSON text', () => {
  it.each<[what: string, text: string, fault: string | undefined]>([
    ['as many values as may be', '[1,2,3]', undefined],
    ['one more', '[1,2,3,4]', 'has more than 4 members and elements'],
    ['members count', '{"a":1,"b":2,"c":3,"d":4}', 'has more than 4 members and elements'],
    ['empty lists count', '[[],[],[]]', 'has more than 4 members and elements'],
    ['empty objects count', '[{},{},{}]', 'has more than 4 members and elements'],
    ['what stands in a string counts nothing', '"[[[[,,,,{{{{"', undefined],
    ['what stands behind an escaped quote counts nothing', String.raw`["\",,,,,,","\\"]`, undefined],
    [
      'what stands behind an escaped backslash counts',
      String.raw`["\\",1,2,3,4]`,
      'has more than 4 members and elements',
    ],
    ['a string without an end', '"[[[[[[[[', undefined],
    ['no JSON', ']]]]', undefined],
  ])('%s', (_what, text, fault) => {
    expect(overJsonBounds(Buffer.from(text), { values: 4 })).toBe(fault);
  });

  it.each([
    [100, undefined],
    [101, 'is nested deeper than 100'],
  ])('nested %i deep', (depth, fault) => {
    const text = Buffer.from('[{"a":'.repeat(depth / 2) + (depth % 2 === 0 ? '' : '[') + '}]'.repeat(depth / 2));
    expect(overJsonBounds(text, { values: 1000 })).toBe(fault);
  });
});
