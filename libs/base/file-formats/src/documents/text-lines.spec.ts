import { textLines } from './text-lines';

async function lines(bytes: Buffer, size: number, maxBytes?: number): Promise<string[]> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const all: string[] = [];
  for await (const line of textLines(pieces(), maxBytes)) all.push(line);
  return all;
}

describe('textLines', () => {
  it.each([
    ['nothing', '', []],
    ['a last line without end', 'a\nb', ['a', 'b']],
    ['a last line with end', 'a\nb\n', ['a', 'b']],
    ['ends of Windows', 'a\r\nb\r\n', ['a', 'b']],
    ['empty lines', '\n\na\n', ['', '', 'a']],
    ['a byte order mark', '\uFEFFa\n\uFEFFb', ['a', '\uFEFFb']],
    ['many-byte characters', 'größe\n\u{1F600}', ['größe', '\u{1F600}']],
  ])('%s', async (_, text, expected) => {
    for (const size of [1, 2, 3, 1000]) expect(await lines(Buffer.from(text), size)).toEqual(expected);
  });

  it('rejects an endless line', async () => {
    for (const size of [7, 64]) {
      await expect(lines(Buffer.alloc(1000, 'x'), size, 500)).rejects.toMatchObject({ code: 'limit-exceeded' });
    }
  });
});
