import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildTar, buildZip, directory, file, symlink, type ZipBuilderEntry } from '@clarion/test-kit';
import { archiveMembers } from './archive-members';
import { type ArchiveMember, type ArchiveOptions } from './archive-member';

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, options: Partial<ArchiveOptions> = {}, size = 113): Promise<ArchiveMember[]> {
  const members: ArchiveMember[] = [];
  for await (const member of archiveMembers(chunks(bytes, size), { label: 'all.zip', ...options }))
    members.push(member);
  return members;
}

async function readTexts(bytes: Uint8Array, options?: Partial<ArchiveOptions>, size?: number): Promise<unknown[]> {
  const members = await read(bytes, options, size);
  return members.map((member) => [
    member.name,
    member.problem === undefined ? Buffer.from(member.content).toString() : { problem: member.problem },
  ]);
}

const long = Array.from({ length: 9000 }, (_, index) => `record ${(index * 7919) % 10_007}`).join('\n');
const pair: readonly ZipBuilderEntry[] = [
  { name: 'GHSA-1.json', content: '{"id":"GHSA-1"}' },
  { name: 'GHSA-2.json', content: long },
];
const texts = [
  ['GHSA-1.json', '{"id":"GHSA-1"}'],
  ['GHSA-2.json', long],
];

describe('members of a zip', () => {
  const forms: readonly (readonly [string, Buffer])[] = [
    ['deflated', buildZip(pair)],
    ['stored', buildZip(pair.map((entry) => ({ ...entry, stored: true })))],
    ['with sizes behind the content', buildZip(pair.map((entry) => ({ ...entry, descriptor: 'signed' as const })))],
    ['with sizes but no signature', buildZip(pair.map((entry) => ({ ...entry, descriptor: 'bare' as const })))],
    ['with 64-bit sizes', buildZip(pair.map((entry) => ({ ...entry, zip64: true })))],
    [
      'with 64-bit sizes behind the content',
      buildZip(pair.map((entry) => ({ ...entry, zip64: true, descriptor: 'signed' as const }))),
    ],
    ['with 64-bit end records', buildZip(pair, { zip64: true })],
    ['with a comment', buildZip(pair, { comment: 'all of it' })],
    ['with a folder', buildZip([{ name: 'ID/', content: '', stored: true }, ...pair])],
  ];

  it.each(forms)('are read: %s', async (_, bytes) => {
    for (const size of [1, 113, 65_536]) expect(await readTexts(bytes, {}, size)).toEqual(texts);
  });

  it.each(forms)('are not read from a partial archive: %s', async (_, bytes) => {
    for (let step = 1; step < 60; step += 1) {
      const cut = Math.floor((bytes.length * step) / 60);
      await expect(read(bytes.subarray(0, cut))).rejects.toMatchObject({ code: 'corrupt-data' });
    }
    await expect(read(bytes.subarray(0, -1))).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('do not exist in an empty archive', async () => {
    expect(await read(buildZip([]))).toEqual([]);
  });

  const withPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip;
  withPython('agree with another implementation: what Python wrote is read alike (needs python3)', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clarion-zip-'));
    try {
      for (const { name, content } of pair) writeFileSync(path.join(folder, name), content);
      const script = `import zipfile,sys
with zipfile.ZipFile('a.zip','w',zipfile.ZIP_DEFLATED) as z:
  for n in sys.argv[1:]: z.write(n)`;
      execFileSync('python3', ['-c', script, ...pair.map(({ name }) => name)], { cwd: folder });
      expect(await readTexts(readFileSync(path.join(folder, 'a.zip')))).toEqual(texts);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are skipped when not accepted', async () => {
    const accept = (name: string): boolean => name === 'GHSA-2.json';
    for (const [, bytes] of forms) expect(await readTexts(bytes, { accept })).toEqual([texts[1]]);
  });

  it('that cannot be read are problems, and the others are read', async () => {
    const bytes = buildZip([
      { name: 'large.json', content: 'x'.repeat(2000) },
      { name: 'large-open.json', content: 'y'.repeat(2000), descriptor: 'signed' },
      { name: 'secret.json', content: '{}', flags: 1 },
      { name: 'lzma.json', content: '{}', method: 14 },
      { name: 'good.json', content: '{}' },
    ]);
    expect(await readTexts(bytes, { memberBytes: 1000 })).toEqual([
      ['large.json', { problem: 'Its 2000 bytes are more than 1000' }],
      ['large-open.json', { problem: 'Its 2000 bytes are more than 1000' }],
      ['secret.json', { problem: 'It is encrypted' }],
      ['lzma.json', { problem: 'Compression method 14 is not supported' }],
      ['good.json', '{}'],
    ]);
  });

  const whole = buildZip(pair);
  const patched = (at: number, value: number): Buffer => {
    const copy = Buffer.from(whole);
    copy.writeUInt32LE(value, at);
    return copy;
  };
  const centralStart = whole.readUInt32LE(whole.length - 6);
  it.each([
    ['a wrong checksum', buildZip([{ ...pair[0]!, checksum: 1 }])],
    ['a wrong checksum behind the content', buildZip([{ ...pair[0]!, checksum: 1, descriptor: 'signed' }])],
    ['an entry that its directory hides', buildZip(pair, { hidden: ['GHSA-1.json'] })],
    ['a directory that names other sizes', patched(centralStart + 20, 5)],
    ['an entry that expands to more than it says', patched(22, 3)],
    ['another number of entries', patched(whole.length - 12, 9)],
    ['another offset of the directory', patched(whole.length - 6, 9)],
    ['data behind its end', Buffer.concat([whole, Buffer.from('tail')])],
    ['no deflate stream', Buffer.concat([whole.subarray(0, 41), Buffer.alloc(12, 0xff), whole.subarray(53)])],
    ['a stored entry of unknown length', buildZip([{ name: 'a', content: 'b', stored: true, descriptor: 'signed' }])],
  ])('are not trusted: %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('have limits: number, sum and ratio', async () => {
    await expect(read(whole, { entries: 1 })).rejects.toMatchObject({ code: 'limit-exceeded' });
    await expect(read(whole, { totalBytes: 1000 })).rejects.toMatchObject({ code: 'limit-exceeded' });
    const zeros = { content: Buffer.alloc(30 * 1024 * 1024) };
    const bomb = buildZip(['a', 'b', 'c', 'd'].map((name) => ({ name, ...zeros })));
    await expect(read(bomb)).rejects.toMatchObject({ code: 'limit-exceeded' });
    const open = buildZip([{ name: 'a', content: Buffer.alloc(65 * 1024 * 1024), descriptor: 'signed' }]);
    await expect(read(open)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('members of a tar', () => {
  const tar = Buffer.from(
    buildTar([
      directory('osv'),
      file('./osv/a.json', '{"a":1}'),
      symlink('osv/b.json', 'a.json'),
      file('osv/c.txt', 'c'),
    ]),
  );

  it('are its regular files', async () => {
    expect(await readTexts(tar)).toEqual([
      ['osv/a.json', '{"a":1}'],
      ['osv/c.txt', 'c'],
    ]);
    expect(await readTexts(tar, { accept: (name) => name.endsWith('.json') })).toEqual([['osv/a.json', '{"a":1}']]);
  });

  it('that are too large are problems', async () => {
    expect(await readTexts(tar, { memberBytes: 3 })).toEqual([
      ['osv/c.txt', 'c'],
      ['osv/a.json', { problem: 'osv/a.json is not read: its 7 bytes are more than 3' }],
    ]);
  });

  it('are not read from a partial archive', async () => {
    for (const blocks of [1, 2, 3, 4, 5, 6]) {
      await expect(read(tar.subarray(0, blocks * 512))).rejects.toMatchObject({ code: 'corrupt-data' });
      await expect(read(tar.subarray(0, blocks * 512 - 7))).rejects.toMatchObject({ code: 'corrupt-data' });
    }
  });
});

describe('members of something else', () => {
  it.each(['', 'PK', '<!DOCTYPE html><html></html>', '{"id":"CVE-2024-1"}', 'x'.repeat(2000)])(
    'are corrupt data: %p',
    async (text) => {
      await expect(read(Buffer.from(text))).rejects.toMatchObject({ code: 'corrupt-data' });
    },
  );

  it('pass on an error of the source, and close a source that is not read to its end', async () => {
    const failure = new Error('connection lost');
    const closed: string[] = [];
    async function* source(broken: boolean): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      try {
        yield buildZip(pair).subarray(0, 60);
        if (broken) throw failure;
        yield buildZip(pair).subarray(60);
      } finally {
        closed.push(broken ? 'broken' : 'left');
      }
    }
    await expect(
      archiveMembers(source(true), { label: 'a' })
        .next()
        .then(async () => {
          for await (const member of archiveMembers(source(true), { label: 'a' }))
            expect(member.name).toBe('GHSA-1.json');
        }),
    ).rejects.toBe(failure);
    const members = archiveMembers(source(false), { label: 'a' });
    await members.next();
    await members.return(undefined);
    expect(closed.at(-1)).toBe('left');
  });
});
