import { pickJsonMembers } from './json-pick';

const names = new Set(['name', 'version', 'x']);

function picked(text: string): string | undefined {
  const found = pickJsonMembers(Buffer.from(text), { names, largest: 20 });
  return found && Buffer.from(found).toString('utf8');
}

describe('members picked from a JSON object', () => {
  test.each<[what: string, text: string, found: unknown]>([
    ['nothing', '{}', {}],
    ['some', '{"name":"a","other":[{"name":"b"}],"version":"1"}', { name: 'a', version: '1' }],
    ['between blanks', '\ufeff \n{ "name" : "a" ,\t"y" : 1 , "version" : null } \r\n', { name: 'a', version: null }],
    ['the last of a repeated one', '{"name":"a","name":"b"}', { name: 'b' }],
    ['a name in escapes', String.raw`{"n\u0061me":"a"}`, { name: 'a' }],
    ['behind strings with quotes and brackets', String.raw`{"o":"\"}]\\","p":["}",{"q":"]"}],"x":1}`, { x: 1 }],
    ['behind a long name', `{"${'n'.repeat(100)}":{},"x":[1]}`, { x: [1] }],
    ['a large object', `{"x":{${'"a":1,'.repeat(10)}"b":2}}`, { x: {} }],
    ['a large list', `{"x":[${'1,'.repeat(10)}2]}`, { x: [] }],
    ['a long text', `{"x":"${'a'.repeat(30)}"}`, { x: 'a'.repeat(30) }],
  ])('are the ones that are asked for: %s', (_, text, found) => {
    expect(JSON.parse(picked(text) ?? 'null')).toEqual(found);
  });

  test.each<[what: string, text: string]>([
    ['an empty text', ''],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['no end', '{"x":1'],
    ['a string without end', '{"x":"'],
    ['a comma at the end', '{"x":1,}'],
    ['a comma at the start', '{,"x":1}'],
    ['no value', '{"x":}'],
    ['no colon', '{"x" 1}'],
    ['a name without quotes', '{x:1}'],
    ['a name that is no JSON', '{"\\q":1}'],
    ['brackets that do not fit', '{"x":[1}}'],
    ['a bracket too many', '{"x":1]}'],
    ['something behind the end', '{"x":1}{}'],
    ['too deep', `{"y":${'['.repeat(200)}${']'.repeat(200)}}`],
  ])('are not there: %s', (_, text) => {
    expect(picked(text)).toBeUndefined();
  });

  test('take the same members as a parser', () => {
    const value = { a: [{ b: '{' }, '}'], name: 'é\u2028"', version: { c: [1, -2.5e3, true, null] }, 'z,': ':' };
    for (const space of [0, 1, '\t']) {
      expect(pickJsonMembers(Buffer.from(JSON.stringify(value, null, space)), { names, largest: 100 })).toBeDefined();
      expect(JSON.parse(picked(JSON.stringify({ ...value, version: 1 }, null, space)) ?? '')).toEqual({
        name: value.name,
        version: 1,
      });
    }
  });
});
