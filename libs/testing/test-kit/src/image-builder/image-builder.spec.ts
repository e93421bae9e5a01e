import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extract } from 'tar-stream';
import {
  type BlobCompression,
  buildImage,
  buildTar,
  canCompress,
  directory,
  file,
  hardlink,
  nullDevice,
  opaque,
  sha256,
  symlink,
  whiteout,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
} from '.';

interface Member {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly link: string | null | undefined;
  readonly text: string;
}

async function members(tar: Uint8Array): Promise<Member[]> {
  const found: Member[] = [];
  const reader = extract();
  reader.end(Buffer.from(tar));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) {
      chunks.push(chunk as Buffer);
    }
    const { name, type, linkname } = entry.header;
    found.push({ name, type, link: linkname, text: Buffer.concat(chunks).toString() });
  }
  return found;
}

const json = (found: readonly Member[], name: string): unknown => {
  const member = found.find((m) => m.name === name);
  return member === undefined ? undefined : JSON.parse(member.text);
};

describe('buildTar', () => {
  test('another reader finds every kind of entry', async () => {
    const long = `${'long/'.repeat(40)}name`;
    const tar = buildTar([
      directory('etc'),
      file('etc/hello', 'hi'),
      symlink('etc/link', `../${long}`),
      hardlink('etc/hard', 'etc/hello'),
      nullDevice('etc/gone'),
      whiteout('etc/old'),
      opaque('var'),
      opaque(''),
      file(long, 'x'.repeat(513)),
    ]);
    const found = await members(tar);
    expect(found.map((m) => [m.name, m.type, m.link ?? ''])).toEqual([
      ['etc/', 'directory', ''],
      ['etc/hello', 'file', ''],
      ['etc/link', 'symlink', `../${long}`],
      ['etc/hard', 'link', 'etc/hello'],
      ['etc/gone', 'character-device', ''],
      ['etc/.wh.old', 'file', ''],
      ['var/.wh..wh..opq', 'file', ''],
      ['.wh..wh..opq', 'file', ''],
      [long, 'file', ''],
    ]);
    expect(found.at(-1)?.text).toBe('x'.repeat(513));
    expect(spawnSync('tar', ['-t'], { input: tar }).stderr.toString()).toBe('');
  });

  test('no entries make the well-known empty layer', () => {
    expect(sha256(buildTar([]))).toBe('sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef');
  });
});

describe('buildImage', () => {
  const recipe = { layers: [[file('a', '1')], [file('b', '2')]], repoTags: ['demo:1'] };

  for (const compression of ['none', 'gzip', 'zstd', 'xz', 'bzip2'] satisfies BlobCompression[]) {
    const run = canCompress(compression) ? test : test.skip;
    run(`${compression} blobs hold the tar and are the same every time`, () => {
      const image = buildImage({ ...recipe, compression });
      const again = buildImage({ ...recipe, compression });
      expect(again.manifestDigest).toBe(image.manifestDigest);
      const [layer] = image.layers;
      if (compression !== 'none') {
        const plain = spawnSync(compression, ['-dc'], { input: layer!.blob }).stdout;
        expect(plain.equals(layer!.tar)).toBe(true);
      }
      expect(layer!.digest).toBe(sha256(layer!.blob));
    });
  }

  test('reports the false declared digests and keeps the real ones', () => {
    const lie = `sha256:${'0'.repeat(64)}`;
    const image = buildImage({ ...recipe, declare: { diffIds: { 0: lie }, blobs: { 1: lie } } });
    expect(image.layers.map((l) => [l.declaredDiffId === l.diffId, l.declaredDigest === l.digest])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(Buffer.from(image.config).toString()).toContain(lie);
    expect(Buffer.from(image.manifest).toString()).toContain(lie);
  });
});

describe('writers', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'image-builder-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const base = [file('a', '1')];
  const image = buildImage({ layers: [base, [file('b', '2')], base], repoTags: ['demo:1'] });
  const target = path.join(folder, 'image.tar');

  test('docker archive with manifest.json', async () => {
    writeDockerArchive(target, image, { form: 'v1.1' });
    const found = await members(readFileSync(target));
    const [entry] = json(found, 'manifest.json') as { Config: string; Layers: string[]; RepoTags: string[] }[];
    expect(json(found, entry!.Config)).toMatchObject({ architecture: 'amd64' });
    expect(entry!.RepoTags).toEqual(['demo:1']);
    const layers = entry!.Layers.map((name) => found.find((m) => m.name === name)!);
    expect(layers.map((m) => m.type)).toEqual(['file', 'file', 'symlink']);
    expect(path.join(path.dirname(layers[2]!.name), layers[2]!.link!)).toBe(layers[0]!.name);
  });

  test('legacy docker archive: a chain of parents and no manifest', async () => {
    writeDockerArchive(target, image, { form: 'legacy-directories' });
    const found = await members(readFileSync(target));
    expect(json(found, 'manifest.json')).toBeUndefined();
    let id = (json(found, 'repositories') as Record<string, Record<string, string>>)['demo']?.['1'];
    let depth = 0;
    while (id !== undefined) {
      id = (json(found, `${id}/json`) as { parent?: string }).parent;
      depth += 1;
    }
    expect(depth).toBe(3);
  });

  test('docker archive that carries an OCI layout, gzipped as a whole', async () => {
    writeDockerArchive(target, image, { form: 'oci-carrying', compression: 'gzip' });
    const found = await members(spawnSync('gzip', ['-dc', target]).stdout);
    expect(found.map((m) => m.name)).toEqual(expect.arrayContaining(['oci-layout', 'index.json', 'manifest.json']));
    const [entry] = json(found, 'manifest.json') as { Layers: string[] }[];
    expect(entry!.Layers.every((name) => found.some((m) => m.name === name))).toBe(true);
  });

  test('OCI layout with nested index and attestation: every descriptor leads to its bytes', () => {
    const layout = path.join(folder, 'layout');
    writeOciLayout(layout, [image], { nestedIndex: true, attestation: true });
    const read = (digest: string): Buffer => readFileSync(path.join(layout, 'blobs', digest.replace(':', '/')));
    interface Index {
      manifests: { digest: string; annotations?: Record<string, string> }[];
    }
    const top = JSON.parse(readFileSync(path.join(layout, 'index.json'), 'utf8')) as Index;
    expect(top.manifests).toHaveLength(1);
    const nested = JSON.parse(read(top.manifests[0]!.digest).toString()) as Index;
    expect(nested.manifests).toHaveLength(2);
    expect(nested.manifests[1]!.annotations!['vnd.docker.reference.digest']).toBe(image.manifestDigest);
    for (const { digest } of nested.manifests) {
      expect(sha256(read(digest))).toBe(digest);
    }
  });

  test('OCI archive of several images', async () => {
    const other = buildImage({ layers: [[file('c')]], repoTags: ['other:2'], compression: 'gzip' });
    writeOciArchive(target, [image, other]);
    const found = await members(readFileSync(target));
    expect(json(found, 'index.json')).toMatchObject({
      manifests: [{ digest: image.manifestDigest }, { digest: other.manifestDigest }],
    });
  });
});
