import { arrayElements } from './json-array';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function elements(text: string, size = 3): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const element of arrayElements(pieces(text, size))) {
    all.push('value' in element ? element.value : 'bad');
  }
  return all;
}

describe('arrayElements', () => {
  it.each([
    ['[]', []],
    [' [\n] ', []],
    ['[{"a":[1,{"b":"]}"}]}, 2,"x",null]', [{ a: [1, { b: ']}' }] }, 2, 'x', null]],
    ['[{"a":1},{a:2},{"a":3}]', [{ a: 1 }, 'bad', { a: 3 }]],
  ])('%s', async (text, expected) => {
    for (const size of [1, 3, 1000]) expect(await elements(text, size)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['an object', '{"a":1}'],
    ['null', 'null'],
    ['a page of HTML', '<html></html>'],
    ['an early end', '[1,2'],
    ['an early end inside an element', '[{"a":1'],
    ['an early end inside a text', '[{"a":"1'],
    ['a missing bracket', '[1,{"a":2}'],
    ['two arrays', '[1][2]'],
    ['a bracket too many', '[1]]'],
    ['a brace too many', '[1]}'],
    ['more members', '[1],"b":2'],
    ['another list', '[1],"items":[2]'],
    ['a trailing comma', '[1,]'],
  ])('rejects %s', async (_, text) => {
    for (const size of [1, 1000]) await expect(elements(text, size)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('enforces its limits', async () => {
    const reading = arrayElements(pieces(`["${'x'.repeat(200)}"]`, 20), { memberBytes: 100, depth: 4 });
    await expect(reading.next()).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
