import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takeExcerpt } from '@clarion/file-formats/parts';
import { memorySource } from '@clarion/layer-archive';
import type { ByteSource, Excerpt } from '@clarion/model';
import { buildElf } from '@clarion/test-kit';
import { takeInThread } from './take-in-thread';

const padding = '.'.repeat(300_000);
const program = buildElf({ bits: 64, bigEndian: false }, [
  { name: '.text', content: padding },
  { name: '.rodata', content: `${padding}version 1.2${padding}version 3` },
  { name: '.dep-v0', content: 'list' },
]);
const before = Buffer.from('other bytes of the archive');

let folder = '';
let descriptor = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-excerpts-'));
  writeFileSync(path.join(folder, 'archive'), Buffer.concat([before, program, before]));
  descriptor = openSync(path.join(folder, 'archive'), 'r');
});
afterAll(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

const patterns: Excerpt = { kind: 'patterns', patterns: ['version '], before: 1, after: 3, maxMatches: 5 };
const excerpts: readonly Excerpt[] = [
  { kind: 'sections', sections: ['.dep-v0'], maxSectionBytes: 100 },
  patterns,
  { ...patterns, sections: ['.rodata'] },
  { ...patterns, maxMatches: 1 },
  { kind: 'sections', sections: ['.text'], maxSectionBytes: 200_000 },
  { kind: 'go-build-info', functions: true },
];
const wanted = excerpts.map((excerpt) => ({ excerpt, maxBytes: 100_000 }));
const check = (): undefined => undefined;

function stored(size = program.length): ByteSource {
  return { ...memorySource(program), size, stored: { descriptor, offset: before.length } };
}

describe('excerpts of large programs', () => {
  it('are the same in the thread, also when they are requested at once', async () => {
    const here = await Promise.all(
      wanted.map(({ excerpt, maxBytes }) => takeExcerpt(memorySource(program), excerpt, { path: 'bin/a', maxBytes })),
    );
    const pending = [1, 2].map(() => takeInThread(stored(), wanted, { path: 'bin/a', check }));
    for (const there of pending) {
      const taken = await there;
      expect(taken?.map((one) => one && { ...one, content: Buffer.from(one.content) })).toEqual(here);
    }
    expect(here.map((one) => one?.problems.length)).toEqual([0, 0, 0, 1, 1, undefined]);
  });

  it.each<[string, ByteSource, readonly Excerpt[]]>([
    ['small files', stored(200_000), excerpts],
    ['bytes in memory', memorySource(program), excerpts],
    ['members of archives', stored(), [{ kind: 'zip-members', members: ['a'], maxMemberBytes: 1, maxMembers: 1 }]],
  ])('not of %s', (_, source, some) => {
    const requests = some.map((excerpt) => ({ excerpt, maxBytes: 1 }));
    expect(takeInThread(source, requests, { path: 'bin/a', check })).toBeUndefined();
  });

  it('end with the error of the caller who does not wait any longer', async () => {
    const late = (): never => {
      throw new Error('time is up');
    };
    const pending = Array.from({ length: 50 }, () => takeInThread(stored(), wanted, { path: 'bin/a', check: late }));
    pending.forEach((one) => void one?.catch(() => undefined));
    await expect(pending.at(-1)).rejects.toThrow('time is up');
  });

  it('of a file that cannot be read are an error', async () => {
    const closed = { ...stored(), stored: { descriptor: 2 ** 20, offset: 0 } };
    await expect(takeInThread(closed, wanted, { path: 'bin/a', check })).rejects.toThrow('EBADF');
  });
});
