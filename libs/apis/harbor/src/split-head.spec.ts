import { splitHead } from './split-head';

const text = JSON.stringify(
  { severity: 'High', nested: { list: ['",\n  "list":'] }, list: [1, { list: 2 }] },
  undefined,
  2,
);

/** The text in pieces of some bytes. */
function pieces(of: string, bytes: number) {
  const all = Buffer.from(of);
  return {
    bytes: all.length,
    async *content(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < all.length; at += bytes) {
        await Promise.resolve();
        yield all.subarray(at, at + bytes);
      }
    },
  };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('utf8');
}

describe('splitHead', () => {
  it.each([1, 2, 7, 16, 1000])('splits text that comes in pieces of %i bytes', async (bytes) => {
    const { head, rest, restBytes } = await splitHead(pieces(text, bytes), 'list');
    expect(head).toEqual({ severity: 'High', nested: { list: ['",\n  "list":'] } });
    const end = await textOf(rest);
    expect(Buffer.byteLength(end)).toBe(restBytes);
    expect(JSON.parse(`{${end}`)).toEqual({ list: [1, { list: 2 }] });
  });

  it.each<[what: string, of: string]>([
    ['has no such member', '{\n  "a": 1\n}\n'],
    ['has it first', '{\n  "list": []\n}\n'],
    ['has it far behind', `{\n  "a": "${'x'.repeat(3_000_000)}",\n  "list": []\n}\n`],
    ['is empty', ''],
  ])('rejects text that %s', async (_, of) => {
    await expect(splitHead(pieces(of, 65_536), 'list')).rejects.toThrow('has no member list');
  });
});
