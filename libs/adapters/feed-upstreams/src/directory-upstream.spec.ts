import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FetchResult, DocumentValidators } from '@clarion/model';
import { directoryUpstream } from './directory-upstream';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-feeds-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

async function textOf(answer: FetchResult): Promise<string> {
  if (answer.kind !== 'content') return answer.kind;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function validatorsOf(name: string): Promise<DocumentValidators> {
  const answer = await directoryUpstream(folder).get(name);
  if (answer.kind !== 'content') throw new Error(answer.kind);
  return answer.validators;
}

describe('directoryUpstream', () => {
  it.each([
    ['under its own name', 'v3.20/main.json', 'plain'],
    ['compressed', 'v3.20/main.json.gz', gzipSync('plain')],
    ['compressed in name only', 'v3.20/main.json.xz', 'plain'],
    ['compressed under its plain name', 'v3.20/main.json', gzipSync('plain')],
  ])('finds a document %s', async (_, name, content) => {
    put(name, content);
    expect(await textOf(await directoryUpstream(folder).get('v3.20/main.json'))).toBe('plain');
  });

  it('finds a document unpacked that the upstream has compressed', async () => {
    put('all.xml', 'plain');
    expect(await textOf(await directoryUpstream(folder).get('all.xml.bz2'))).toBe('plain');
    put('all.xml.bz2.gz', gzipSync('packed'));
    expect(await textOf(await directoryUpstream(folder).get('all.xml.bz2'))).toBe('packed');
  });

  it('prefers the plain file', async () => {
    put('json', 'plain');
    put('json.gz', gzipSync('packed'));
    expect(await textOf(await directoryUpstream(folder).get('json'))).toBe('plain');
  });

  it('answers "unchanged" for the file it gave before', async () => {
    put('json', 'a');
    const validators = await validatorsOf('json');
    expect(await directoryUpstream(folder).get('json', validators)).toMatchObject({ kind: 'unchanged' });
  });

  it('sees a rewrite of the same size and time', async () => {
    const file = put('json', 'a');
    utimesSync(file, 1000, 1000);
    const validators = await validatorsOf('json');
    writeFileSync(file, 'b');
    utimesSync(file, 1000, 1000);
    expect(await textOf(await directoryUpstream(folder).get('json', validators))).toBe('b');
  });

  it('recognises the known content in another file or packing', async () => {
    // sha256 of "a"
    const contentDigest = 'sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';
    put('json.gz', gzipSync('a'));
    expect(await directoryUpstream(folder).get('json', { etag: 'other', contentDigest })).toMatchObject({
      kind: 'unchanged',
    });
    put('json.gz', gzipSync('b'));
    expect(await textOf(await directoryUpstream(folder).get('json', { etag: 'other', contentDigest }))).toBe('b');
  });

  it('returns damaged files, so that reading them reports the error', async () => {
    put('json.gz', gzipSync('a'.repeat(1000)).subarray(0, 15));
    const answer = await directoryUpstream(folder).get('json', { etag: 'other', contentDigest: 'sha256:00' });
    await expect(textOf(answer)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('lists files without their suffixes, folders with a slash, and follows links', async () => {
    put('v3.20/main.json.gz', '');
    put('last-update', '');
    put('twice.json', '');
    put('twice.json.gz', '');
    put('.hidden', '');
    symlinkSync('v3.20', path.join(folder, 'latest'));
    symlinkSync('nowhere', path.join(folder, 'broken'));
    const upstream = directoryUpstream(folder);
    expect(await upstream.list('')).toEqual(['broken', 'last-update', 'latest/', 'twice.json', 'v3.20/']);
    expect(await upstream.list('v3.20/')).toEqual(['main.json']);
  });

  it.each(['../secret', '/etc/passwd', 'a/../../b', 'a\\b', 'a\u0000b', `${'a/'.repeat(600)}b`])(
    'rejects %j',
    async (name) => {
      await expect(directoryUpstream(folder).get(name)).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );

  it('distinguishes a missing file from a missing folder', async () => {
    expect(await directoryUpstream(folder).get('json')).toEqual({ kind: 'missing' });
    expect(await directoryUpstream(folder).get('v3.20/main.json')).toEqual({ kind: 'missing' });
    const nowhere = directoryUpstream(path.join(folder, 'nowhere'));
    await expect(nowhere.get('json')).rejects.toMatchObject({ code: 'not-found' });
    await expect(nowhere.list('')).rejects.toMatchObject({ code: 'not-found' });
    await expect(directoryUpstream(folder).list('v3.99')).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each<[string, (file: string) => void, string]>([
    [
      'a folder',
      (file) => {
        mkdirSync(file);
      },
      'is a folder, not a file',
    ],
    [
      'a link to nothing',
      (file) => {
        symlinkSync('nowhere', file);
      },
      'is a link to something that is not there',
    ],
    [
      'a link to a folder',
      (file) => {
        symlinkSync('.', file);
      },
      'is a folder, not a file',
    ],
    ['a pipe', (file) => execFileSync('mkfifo', [file]), 'is a pipe, a socket or a device, not a file'],
  ])('never treats %s as a missing document', async (_what, make, message) => {
    make(path.join(folder, 'json'));
    await expect(directoryUpstream(folder).get('json')).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: `${path.join(folder, 'json')} ${message}`,
    });
    // It may still exist with another compression.
    put('json.gz', gzipSync('a'));
    expect(await textOf(await directoryUpstream(folder).get('json'))).toBe('a');
  });

  it('keeps to its limits', async () => {
    put('json', 'x'.repeat(1000));
    const upstream = directoryUpstream(folder, { limits: { maxBytes: 10, ratio: 200, ratioAfter: 0 } });
    await expect(textOf(await upstream.get('json'))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
