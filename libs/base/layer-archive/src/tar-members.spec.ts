import { tarMembers, type TarFile } from './tar-members';
import { member, octal, padded, pax, rawHeader } from '@clarion/test-kit';
import { tarOf } from '../testing/walked';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 100): Promise<string[]> {
  const found: string[] = [];
  const describeItem = (item: TarFile): string => `${item.path}=${Buffer.from(item.content).toString()}`;
  for await (const item of tarMembers(pieces(bytes, size), { accept: (path) => path !== 'no', memberBytes: 2000 })) {
    found.push(item.problem === undefined ? describeItem(item) : item.problem.message);
  }
  return found;
}

/** A GNU sparse file: a few bytes that expand to `size`. */
function sparse(name: string, size: number): Buffer {
  const number = (value: number): string => `${octal(value, 11)}\0`;
  const patches = { 386: [size - 4, 4].map(number).join(''), 482: '\0', 483: number(size) };
  const header = rawHeader({ name, flag: 'S', format: 'gnu', size: 4, patches });
  return Buffer.concat([header, padded(Buffer.from('data'))]);
}

describe('tarMembers', () => {
  it.each([1, 100, 512, 100_000])(
    'returns the accepted files in their order, from chunks of %p bytes',
    async (size) => {
      const tar = tarOf(member({ name: 'a' }, 'one'), member({ name: 'no' }, 'two'), member({ name: './b' }, ''));
      expect(await read(tar, size)).toEqual(['a=one', 'b=']);
    },
  );

  it('loses no file to an empty long name, or to a sparse file name without a sparse map', async () => {
    const tar = tarOf(
      member({ flag: 'L' }, '\0'),
      member({ name: 'a' }, 'one'),
      pax([['GNU.sparse.name', 'no']]),
      member({ name: 'b' }, 'two'),
    );
    expect(await read(tar)).toEqual(['a=one', 'b=two']);
  });

  it('passes each on before the next chunk is read', async () => {
    const tar = tarOf(member({ name: 'a' }, 'one'), member({ name: 'b' }, 'two'));
    let given = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces(tar, 512)) {
        given += 1;
        yield piece;
      }
    }
    const members = tarMembers(counted(), { accept: () => true, memberBytes: 100 });
    expect(await members.next()).toMatchObject({ value: { path: 'a', content: Buffer.from('one') } });
    expect(given).toBe(2);
    await members.return(undefined);
  });

  it('does not expand sparse files, whose few bytes can expand to any size', async () => {
    expect(await read(tarOf(sparse('s', 1500), member({ name: 'a' }, 'one')))).toEqual([
      'a=one',
      's is not read: it is a sparse file',
    ]);
  });

  it('has no limit for the sum of contents: many files that together exceed the limit of a layer', async () => {
    const tar = tarOf(...Array.from({ length: 20 }, (_, at) => member({ name: `f${at}` }, 'x'.repeat(1500))));
    const limits = { wantedBytes: 2000 };
    const paths: string[] = [];
    for await (const item of tarMembers(pieces(tar, 512), { accept: () => true, memberBytes: 2000, limits })) {
      paths.push(item.problem === undefined ? item.path : item.problem.message);
    }
    expect(paths).toHaveLength(20);
  });

  it('reports anything else as damage', async () => {
    for (const bytes of [Buffer.from('{}'), Buffer.alloc(1024, 'x'), member({ name: 'a' }, 'one')]) {
      await expect(read(bytes)).rejects.toMatchObject({ code: 'corrupt-data' });
    }
  });
});
