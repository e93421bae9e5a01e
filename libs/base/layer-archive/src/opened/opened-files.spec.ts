import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ByteSource, LayerEntry } from '@clarion/model';
import { endBlocks, member } from '@clarion/test-kit';
import { chunked, resultOf } from '../../testing/recording';
import type { ArchiveLimits } from '../limits';
import { readLayer } from '../read-layer';

const sizes = [0, 1, 511, 512, 513, 1024, 70_000, 1_048_576, 1_048_577, 2_500_000];
const bodies = sizes.map((size) => Buffer.alloc(size, `${size}.`));
const tar = Buffer.concat([...bodies.map((body, at) => member({ name: `f${at}` }, body)), endBlocks]);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-opened-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const temporaryFiles = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.endsWith('.part'));

interface Reading {
  readonly how?: 'open' | 'head';
  readonly limits?: Partial<ArchiveLimits>;
  readonly onOpened?: () => void;
}

/** What is read of each file: its size, and whether all of its bytes are right. */
async function read(bytes: Uint8Array, { how = 'open', limits = {}, onOpened }: Reading): Promise<readonly string[]> {
  const file = path.join(folder, 'layer');
  writeFileSync(file, bytes);
  const seen: string[] = [];
  const visitor = {
    entry: () => how,
    content: () => undefined,
    head: () => 'open',
    oversized: ({ path: name }: LayerEntry) => seen.push(`${name} is not read`),
    opened: async ({ path: name, size }: LayerEntry, source: ByteSource) => {
      onOpened?.();
      await Promise.resolve();
      const body = bodies[Number(name.slice(1))]!;
      const middle = Math.floor(size / 2);
      const right =
        source.read(0, size + 9).equals(body) && source.read(middle, 99).equals(body.subarray(middle, middle + 99));
      seen.push(`${name} ${source.size} ${right}`);
      return size;
    },
  };
  const content = { kind: 'file', path: file, offset: 0, length: bytes.length } as const;
  const { problems } = await readLayer(content, visitor, { label: 'layer 1', limits });
  return [...seen, ...problems.map(({ message }) => message)];
}

const whole = sizes.map((size, at) => `f${at} ${size} true`);
const forms: readonly (readonly [string, Buffer])[] = [
  ['in place', tar],
  ['in memory and temporary files', gzipSync(tar)],
];

describe.each(forms)('files that are opened %s', (_, bytes) => {
  it.each(['open', 'head'] as const)('are read at any offset, requested by %s', async (how) => {
    const before = temporaryFiles();
    expect(await read(bytes, { how })).toEqual(whole);
    expect(temporaryFiles()).toEqual(before);
  });

  it('count as kept', async () => {
    const found = await read(bytes, { limits: { wantedBytes: 1_050_000 } });
    expect(found).toEqual(expect.arrayContaining(whole.slice(0, 8)));
    expect(found).toContain('f9 is not read: the wanted files of this archive are larger than 1050000 bytes together');
  });

  it('leave nothing behind when reading them fails', async () => {
    const before = temporaryFiles();
    let left = 9;
    const onOpened = (): void => {
      left -= 1;
      if (left === 0) throw new Error('enough');
    };
    expect(await resultOf(read(bytes, { onOpened }))).toBe('enough');
    expect(temporaryFiles()).toEqual(before);
  });
});

it('a file that is too large for a temporary one is not opened, and one that is cut off is an error', async () => {
  const found = await read(gzipSync(tar), { limits: { openedBytes: 2_000_000 } });
  const refused = ['f9 is not read', 'f9 is not read: it is larger than 2000000 bytes'];
  expect([...found].sort()).toEqual([...whole.slice(0, 9), ...refused].sort());
  expect(await resultOf(read(gzipSync(tar.subarray(0, -5000)), {}))).toMatch(
    /corrupt-data: layer 1: cut off inside f9/,
  );
});

it('opened chunks of a stream are the bytes of the stream', async () => {
  const seen: string[] = [];
  const visitor = {
    entry: () => 'open' as const,
    content: () => undefined,
    oversized: () => undefined,
    opened: ({ path: name, size }: LayerEntry) => {
      seen.push(`${name} ${size}`);
      return Promise.resolve(0);
    },
  };
  await readLayer({ kind: 'stream', stream: chunked(tar, 700) }, visitor, { label: 'layer 1' });
  expect(seen).toEqual(sizes.map((size, at) => `f${at} ${size}`));
});
