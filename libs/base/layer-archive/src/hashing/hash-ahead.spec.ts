import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endBlocks, member } from '@clarion/test-kit';
import type { FileRegion } from '../file-region';
import { stampOf } from '../file-stamp';
import type { JobMessage } from '../worker-thread';
import { type HashReply, type HashRequest, serveHashes } from './hash-jobs';
import { largeParts } from './large-parts';

const mebibyte = 1024 * 1024;
const bodies = [3 * mebibyte, 100, 9 * mebibyte].map((size, at) => Buffer.alloc(size, `${at}.`));
const archive = Buffer.concat([...bodies.map((body, at) => member({ name: `layer${at}` }, body)), endBlocks]);

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-ahead-'));
  file = path.join(folder, 'image.tar');
  writeFileSync(file, archive);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The thread's work, here: sends requests, and waits for replies. */
function hashing(): { send: (id: number, request: HashRequest) => void; reply: (id: number) => Promise<HashReply> } {
  let listener: (message: HashRequest & JobMessage) => void = () => undefined;
  const replies = new Map<number, HashReply>();
  const waiting = new Map<number, (reply: HashReply) => void>();
  const port = {
    on: (_event: string, listen: typeof listener) => (listener = listen),
    postMessage: (reply: HashReply) => {
      replies.set(reply.id, reply);
      waiting.get(reply.id)?.(reply);
    },
  };
  serveHashes(port as unknown as Parameters<typeof serveHashes>[0]);
  return {
    send: (id, request) => {
      listener({ id, ...request });
    },
    reply: (id) =>
      new Promise((resolve) => {
        const known = replies.get(id);
        if (known === undefined) waiting.set(id, resolve);
        else resolve(known);
      }),
  };
}

function region(part: FileRegion, algorithm: 'sha256' | 'sha512' = 'sha256'): HashRequest {
  return { kind: 'region', algorithm, ...part, stamp: stampOf(statSync(part.path, { bigint: true })) };
}

const hex = (bytes: Buffer, algorithm = 'sha256'): string => createHash(algorithm).update(bytes).digest('hex');

async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('digests computed ahead', () => {
  it('are for the large members of an archive, and the large blobs of a layout', () => {
    expect(largeParts(file).map(({ length }) => length)).toEqual([3 * mebibyte, 9 * mebibyte]);
    mkdirSync(path.join(folder, 'blobs', 'sha256'), { recursive: true });
    bodies.forEach((body, at) => {
      writeFileSync(path.join(folder, 'blobs', 'sha256', `${at}`), body);
    });
    expect(largeParts(folder).map(({ length }) => length)).toEqual([9 * mebibyte, 3 * mebibyte]);
    writeFileSync(file, 'no archive'.repeat(100));
    expect(largeParts(file)).toEqual([]);
    expect(largeParts(path.join(folder, 'missing'))).toEqual([]);
  });

  it.each([0, 1, 3, 50])('are those that are asked for after %d turns', async (count) => {
    const { send, reply } = hashing();
    send(1, { kind: 'ahead', path: file });
    await turns(count);
    const [first, second] = largeParts(file) as [FileRegion, FileRegion];
    send(2, region(second));
    send(3, region(first, 'sha512'));
    send(4, region(first));
    send(5, region(first));
    expect(await reply(2)).toEqual({ id: 2, digest: hex(bodies[2]!) });
    expect(await reply(3)).toEqual({ id: 3, digest: hex(bodies[0]!, 'sha512') });
    expect(await reply(4)).toEqual({ id: 4, digest: hex(bodies[0]!) });
    expect(await reply(5)).toEqual({ id: 5, digest: hex(bodies[0]!) });
  });

  it('do not count for a file that was changed or replaced since', async () => {
    const { send, reply } = hashing();
    send(1, { kind: 'ahead', path: file });
    await turns(50);
    const [first] = largeParts(file) as [FileRegion];
    const other = Buffer.alloc(archive.length, 'other');
    rmSync(file);
    writeFileSync(file, other);
    send(2, region(first));
    expect(await reply(2)).toEqual({
      id: 2,
      digest: hex(other.subarray(first.offset, first.offset + first.length)),
    });
    const before = region(first);
    appendFileSync(file, 'more');
    send(3, before);
    expect(await reply(3)).toEqual({ id: 3, error: 'the file is another one' });
  });

  it('go on when what was asked for is done, or dropped', async () => {
    const { send, reply } = hashing();
    const [first] = largeParts(file) as [FileRegion];
    send(2, { kind: 'open', algorithm: 'sha256' });
    send(1, { kind: 'ahead', path: file });
    await turns(10);
    send(3, region(first));
    send(3, { kind: 'drop' });
    send(2, { kind: 'drop' });
    await turns(10);
    send(4, region(first));
    expect(await reply(4)).toEqual({ id: 4, digest: hex(bodies[0]!) });
  });
});
