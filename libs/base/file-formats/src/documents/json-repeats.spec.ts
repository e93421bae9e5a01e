import { repeatedMembers } from './json-repeats';

it.each<[text: string, expected: readonly string[]]>([
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', []],
  ['{"a":1,"a":2}', ['a']],
  ['{"a":1,"b":2,"\\u0061":3}', ['a']],
  ['{"a":[0,{"x":{"b":"}","b":"\\"b\\"","b":0}}]}', ['a/1/x/b', 'a/1/x/b']],
  ['[{"a":1},{"a":[],"a":{"c":1,"c":2}}]', ['1/a', '1/a/c']],
  ['{"__proto__":1,"__proto__":2,"":3,"":4}', ['__proto__', '']],
  ['{"a":"\\\\","a":1}', ['a']],
  [' "a" ', []],
  ['{"a":{},"b":{},"a":{}}', ['a']],
])('the members that come again in %s', (text, expected) => {
  JSON.parse(text);
  expect([...repeatedMembers(text)].map(({ path }) => path.join('/'))).toEqual(expected);
});

it('a text of a million brackets is read to its end', () => {
  const deep = `${'['.repeat(1_000_000)}{"a":1,"a":2}${']'.repeat(1_000_000)}`;
  const [found] = repeatedMembers(deep);
  expect([found?.name, found?.path.length, found?.position()]).toEqual(['a', 64, { line: 1, column: 1_000_008 }]);
});
