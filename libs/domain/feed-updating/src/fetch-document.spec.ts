import type { FetchResult, Upstream, DocumentValidators } from '@clarion/model';
import { fetchDocument } from './fetch-document';

const asked: (readonly [string, DocumentValidators | undefined])[] = [];

function upstream(pages: Readonly<Record<string, string>>): Upstream {
  return {
    get: (path, validators) => {
      asked.push([path, validators]);
      const text = pages[path];
      return Promise.resolve(
        text === undefined ? { kind: 'missing' } : { kind: 'content', body: bytes(text), validators: { etag: path } },
      );
    },
    list: () => Promise.resolve([]),
  };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (const character of text) yield Buffer.from(character);
}

async function textOf(answer: FetchResult): Promise<string> {
  if (answer.kind !== 'content') return answer.kind;
  const pieces: Uint8Array[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

beforeEach(() => {
  asked.length = 0;
});

describe('fetchDocument', () => {
  it('requests one document at its path, conditionally', async () => {
    const pages = upstream({ there: 'text', name: 'other' });
    expect(await textOf(await fetchDocument(pages, { name: 'name', path: 'there' }, { etag: '1' }))).toBe('text');
    expect(await textOf(await fetchDocument(pages, { name: 'name' }, undefined))).toBe('other');
    expect(asked).toEqual([
      ['there', { etag: '1' }],
      ['name', undefined],
    ]);
  });

  it('joins the parts of a document, requesting each as it is read', async () => {
    const answer = await fetchDocument(
      upstream({ '1': 'ab', '2': '', '3': 'c' }),
      { name: 'list', parts: ['1', '2', '3'] },
      { etag: 'old', contentDigest: 'sha256:00' },
    );
    expect(asked).toEqual([['1', undefined]]);
    expect(answer).toMatchObject({ validators: {} });
    expect(await textOf(answer)).toBe('abc');
    expect(asked.map(([path]) => path)).toEqual(['1', '2', '3']);
  });

  it('is missing when its first part is missing, or when it has no parts', async () => {
    expect(await fetchDocument(upstream({ '2': 'b' }), { name: 'list', parts: ['1', '2'] }, undefined)).toEqual({
      kind: 'missing',
    });
    expect(await fetchDocument(upstream({}), { name: 'list', parts: [] }, undefined)).toEqual({ kind: 'missing' });
  });

  it('fails when a later part is missing', async () => {
    const answer = await fetchDocument(upstream({ '1': 'a' }), { name: 'list', parts: ['1', '2'] }, undefined);
    await expect(textOf(answer)).rejects.toMatchObject({ code: 'upstream-unavailable' });
  });
});
