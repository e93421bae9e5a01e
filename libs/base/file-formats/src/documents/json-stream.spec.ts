import fc from 'fast-check';
import { jsonElements, jsonMembers, readText, type JsonMember } from './json-stream';

async function* pieces(text: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** `text`, then blanks for as long as the reader continues. */
async function* withBlanks(text: string, read: { bytes: number }): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
  for (const chunk = Buffer.alloc(64 * 1024, ' '); ; read.bytes += chunk.length) yield await Promise.resolve(chunk);
}

async function members(text: string | Buffer, size = 7): Promise<JsonMember[]> {
  const all: JsonMember[] = [];
  for await (const member of jsonMembers(pieces(text, size))) all.push(member);
  return all;
}

async function elements(text: string | Buffer, size = 7): Promise<JsonMember[]> {
  const all: JsonMember[] = [];
  for await (const member of jsonElements(pieces(text, size), 'list')) all.push(member);
  return all;
}

describe('jsonMembers', () => {
  it('returns what JSON.parse returns, however the text is cut', async () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: false });
    await fc.assert(
      fc.asyncProperty(
        value,
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0, 1, 3),
        async (object, size, indent) => {
          const text = JSON.stringify(object, null, indent);
          const found = (await members(text, size)).map((member) => [
            member.key,
            'value' in member ? member.value : 'bad',
          ]);
          expect(found).toEqual(Object.entries(JSON.parse(text) as object));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['empty object', '{}', []],
    ['empty object with blanks', ' \n{ \t}\r\n', []],
    ['brackets and quotes in strings', '{"a}\\"{[":"]\\\\"}', [['a}"{[', ']\\']]],
    [
      'backslashes before the closing quote',
      '{"a":"\\\\\\\\","b":"\\\\\\""}',
      [
        ['a', '\\\\'],
        ['b', '\\"'],
      ],
    ],
    [
      'prototype names',
      '{"__proto__":{"x":1},"constructor":2}',
      [
        ['__proto__', { x: 1 }],
        ['constructor', 2],
      ],
    ],
    [
      'the same name twice',
      '{"a":1,"a":2}',
      [
        ['a', 1],
        ['a', 2],
      ],
    ],
    ['multi-byte characters', '{"größe":"\u{1F600}"}', [['größe', '\u{1F600}']]],
  ])('%s', async (_, text, expected) => {
    for (const size of [1, 2, 1000]) {
      const found = await members(text, size);
      expect(found.map((member) => [member.key, 'value' in member ? member.value : member.problem])).toEqual(expected);
    }
  });

  it('reports a member that is not JSON and continues', async () => {
    expect(await members('{"a":1,"b":{x},"c":3,"d":[1}}')).toEqual([
      { key: 'a', value: 1 },
      { key: '"b":{x}', problem: expect.stringContaining('JSON') as string },
      { key: 'c', value: 3 },
      { key: '"d":[1}', problem: expect.stringContaining('JSON') as string },
    ]);
  });

  it.each([
    ['nothing', '', 'is empty'],
    ['blanks', '  \n', 'is empty'],
    ['an array', '[1]', 'not an object'],
    ['a page of HTML', '<html>', 'not an object'],
    ['cut in a value', '{"a":[1,', 'ends early'],
    ['cut in a string', '{"a":"b', 'ends early'],
    ['cut before the last brace', '{"a":1', 'ends early'],
    ['trailing comma', '{"a":1,}', 'comma without a member'],
    ['leading comma', '{,"a":1}', 'comma without a member'],
    ['text after the end', '{"a":1}{"b":2}', 'goes on after its end'],
    ['stray bracket', '{"a":1]', 'never opened'],
  ])('rejects %s', async (_, text, message) => {
    for (const size of [1, 1000]) {
      await expect(members(text, size)).rejects.toMatchObject({
        code: 'corrupt-data',
        message: expect.stringContaining(message) as string,
      });
    }
  });

  it.each([
    ['at the start', ''],
    ['before a member', '{"a":1,'],
    ['in an empty object', '{'],
    ['behind the list', '{"list":[1]'],
    ['in the list', '{"list":['],
    ['at the end', '{"a":1}'],
  ])('ends with endless blanks %s', async (_, text) => {
    const read = { bytes: 0 };
    const reading = jsonElements(withBlanks(text, read), 'list');
    const all = async (): Promise<void> => {
      for await (const member of reading) expect(member.problem).toBeUndefined();
    };
    await expect(all()).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(read.bytes).toBeLessThan(2 * 1024 * 1024);
  });

  it('bounds depth and size of a member', async () => {
    await expect(members(`{"a":${'['.repeat(101)}`)).rejects.toMatchObject({ code: 'limit-exceeded' });
    const limits = { memberBytes: 1000, depth: 100 };
    const large = jsonMembers(pieces(`{"a":"${'x'.repeat(2000)}"}`, 100), limits);
    await expect(large.next()).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('readText', () => {
  it('rejects what is larger than allowed', async () => {
    expect(await readText(pieces('abc', 2), 3)).toBe('abc');
    await expect(readText(pieces('abcd', 2), 3)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('jsonElements', () => {
  it('returns what JSON.parse returns, however the text is cut', async () => {
    const rest = fc.dictionary(
      fc.string().filter((key) => key !== 'list'),
      fc.jsonValue(),
      { noNullPrototype: false },
    );
    const size = fc.integer({ min: 1, max: 50 });
    await fc.assert(
      fc.asyncProperty(rest, fc.array(fc.jsonValue()), rest, size, async (before, list, behind, cut) => {
        const parts = [before, { list }, behind].map((part) => JSON.stringify(part).slice(1, -1));
        const text = `{${parts.filter((part) => part !== '').join(' , ')}}`;
        const found = await elements(text, cut);
        expect(found.filter(({ element }) => element === true).map((one) => 'value' in one && one.value)).toEqual(
          JSON.parse(JSON.stringify(list)),
        );
        expect(found.filter(({ element }) => element === undefined).map(({ key }) => key)).toEqual([
          ...Object.keys(JSON.parse(JSON.stringify(before)) as object),
          ...Object.keys(JSON.parse(JSON.stringify(behind)) as object),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  const one = (value: unknown): JsonMember => ({ key: 'list', value, element: true });
  it.each([
    ['empty list', '{"list":[]}', []],
    ['blanks everywhere', ' { "list" : [ 1 , [2] ] , "n" : 3 } ', [one(1), one([2]), { key: 'n', value: 3 }]],
    ['list first and last', '{"list":["]",{"list":[1]}]}', [one(']'), one({ list: [1] })]],
    ['no array', '{"list":{"a":[1]}}', [{ key: 'list', value: { a: [1] } }]],
    ['null', '{"list":null}', [{ key: 'list', value: null }]],
    ['another name', '{"lists":[1,2]}', [{ key: 'lists', value: [1, 2] }]],
    ['the name deeper down', '{"a":{"list":[1]}}', [{ key: 'a', value: { list: [1] } }]],
  ])('%s', async (_, text, expected) => {
    for (const size of [1, 2, 1000]) expect(await elements(text, size)).toEqual(expected);
  });

  it('reports an element that is not JSON and continues', async () => {
    expect(await elements('{"list":[1,{x},2]}')).toEqual([
      one(1),
      { key: 'list', problem: expect.stringContaining('JSON') as string, element: true },
      one(2),
    ]);
  });

  it.each([
    ['a comma without element', '{"list":[1,]}'],
    ['two commas', '{"list":[1,,2]}'],
    ['a list that ends as an object', '{"list":[1}}'],
    ['a list without end', '{"list":[1,2'],
    ['nothing behind the list', '{"list":[1,2]'],
    ['two values', '{"list":[1] [2]}'],
    ['a text behind the list', '{"list":[1] "a":2}'],
    ['more behind the end', '{"list":[1]}]'],
  ])('rejects %s', async (_, text) => {
    for (const size of [1, 3, 1000]) {
      await expect(elements(text, size)).rejects.toMatchObject({ code: 'corrupt-data' });
    }
  });
});
