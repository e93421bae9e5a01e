import { type JsonPath, positionInJson, positionOfJsonError } from './json-position';

const text = `{
  "id": "A \\"{[",
  "list": [1, {"b": [true, null, -1.5e3]}, "x,]}"],
  "escaped\\u0041": {"k": "v"},
  "twice": 1,
  "twice": {"last": 2},
  "empty": {}, "none": []
}
`;

/** The text from a position to the end of its line. */
function rest(path: JsonPath): string {
  const { line, column } = positionInJson(text, path);
  return text.split('\n')[line - 1]?.slice(column - 1) ?? '';
}

describe('the position of a member of JSON', () => {
  it.each<[JsonPath, string]>([
    [[], '{'],
    [['id'], '"A \\"{[",'],
    [['list', 0], '1, {"b": [true, null, -1.5e3]}, "x,]}"],'],
    [['list', 1, 'b', 2], '-1.5e3]}, "x,]}"],'],
    [['list', 2], '"x,]}"],'],
    [['escapedA', 'k'], '"v"},'],
    [['twice', 'last'], '2},'],
    [['none'], '[]'],
  ])('%j', (path, expected) => {
    expect(rest(path)).toBe(expected);
  });

  it.each<[JsonPath, string]>([
    [['missing', 0], '{'],
    [['list', 1, 'c'], '{"b": [true, null, -1.5e3]}, "x,]}"],'],
    [['list', 9], '[1, {"b": [true, null, -1.5e3]}, "x,]}"],'],
    [['id', 'deeper'], '"A \\"{[",'],
    [['empty', 'x'], '{}, "none": []'],
    [['none', 0], '[]'],
  ])('of a missing one is that of the value around it: %j', (path, expected) => {
    expect(rest(path)).toBe(expected);
  });

  it('is found below a nesting deeper than a stack', () => {
    const deep = `{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)},\n"b": 1}`;
    expect(positionInJson(deep, ['b'])).toEqual({ line: 2, column: 6 });
  });

  it('is counted after a byte order mark', () => {
    expect(positionInJson('\uFEFF{"a": 1}', ['a'])).toEqual({ line: 1, column: 8 });
  });
});

describe('the position of invalid JSON', () => {
  it.each([
    ['{\n  "id": nothing }', 2, 9],
    ['{\n  "id": 1,\n', 3, 1],
    ['{"a": 1,}', 1, 9],
    ['[1 2]', 1, 4],
    ['["a\nb"]', 1, 2],
    ['{"a" 1}', 1, 6],
    ['[01]', 1, 3],
    ['{"a": [1}', 1, 9],
    ['{} {}', 1, 4],
    ['', 1, 1],
    ['['.repeat(100_000), 1, 100_001],
  ])('%.20j', (broken, line, column) => {
    expect(() => JSON.parse(broken) as unknown).toThrow();
    expect(positionOfJsonError(broken)).toEqual({ line, column });
  });
});
