import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildImage, file, sha256, writeDockerArchive, writeOciArchive } from '@clarion/test-kit';
import { openUploadedArchive } from './uploaded-archive';

const built = buildImage({ layers: [[file('a', 'a'.repeat(5000))], [file('b', 'b')]], repoTags: ['app:1'] });
const folder = mkdtempSync(path.join(tmpdir(), 'clarion-upload-'));
const docker = path.join(folder, 'docker.tar');
const oci = path.join(folder, 'oci.tar');

beforeAll(() => {
  writeDockerArchive(docker, built, { form: 'v1.1' });
  writeOciArchive(oci, built);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** In pieces of odd sizes, as from a network. */
async function* pieces(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

const maxBytes = 1 << 20;

describe('an archive that arrives as a stream', () => {
  it.each([
    ['docker save', () => createReadStream(docker)],
    ['docker save in pieces', () => pieces(readFileSync(docker))],
    ['docker save with gzip', () => pieces(gzipSync(readFileSync(docker)))],
    ['an OCI layout', () => createReadStream(oci)],
  ])('%s: is opened, and leaves nothing', async (_what, stream) => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith(`clarion-${process.pid}-`));
    const opened = await openUploadedArchive(stream(), { maxBytes });
    const content = await opened.layer(0);
    if (content.kind !== 'file') throw new Error(content.kind);
    const bytes = readFileSync(content.path).subarray(content.offset, content.offset + content.length);
    expect(sha256(bytes)).toBe(built.layers[0]?.digest);
    expect(opened.image.layers.map(({ diffId }) => diffId)).toEqual(built.layers.map(({ diffId }) => diffId));
    await opened.close();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`clarion-${process.pid}-`))).toEqual(before);
  });

  it.each([
    ['larger than allowed', () => createReadStream(docker), 4000, 'limit-exceeded'],
    ['a bomb', () => pieces(gzipSync(Buffer.alloc(8 << 20))), maxBytes, 'limit-exceeded'],
    ['cut short', () => pieces(readFileSync(docker).subarray(0, 3000)), maxBytes, 'corrupt-data'],
    ['no archive', () => pieces(Buffer.from('{"reference":"app"}')), maxBytes, 'invalid-input'],
    ['nothing', () => pieces(Buffer.alloc(0)), maxBytes, 'invalid-input'],
    ['gzip that is damaged', () => pieces(gzipSync(readFileSync(docker)).subarray(0, 400)), maxBytes, 'corrupt-data'],
  ])('%s: is rejected', async (_what, stream, limit, code) => {
    await expect(openUploadedArchive(stream(), { maxBytes: limit })).rejects.toMatchObject({ code });
  });

  it('ends when the caller aborts', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; ; sent += 1) {
        await Promise.resolve();
        if (sent === 3) stop.abort();
        yield Buffer.alloc(512, 'a');
      }
    }
    await expect(openUploadedArchive(endless(), { maxBytes, signal: stop.signal })).rejects.toThrow(/abort/i);
  });
});
