import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  buildImage,
  buildTar,
  canCompress,
  dockerArchiveMembers,
  compressBlob,
  file,
  hardlink,
  sha256,
  symlink,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
  directory as folder,
  type BlobCompression,
  type BuiltImage,
} from '@clarion/test-kit';
import { bytesOf, closeOpened, failure, layerDigests, linux, open } from '../../testing/opened-images';

let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-sources-'));
});

afterEach(async () => {
  await closeOpened();
  rmSync(scratch, { recursive: true, force: true });
});

const at = (name: string): string => path.join(scratch, name);

const base = [file('etc/os-release', 'ID=debian')];
const app = buildImage({ layers: [base, [file('app', 'one')], base], repoTags: ['team/app:1'] });
const other = buildImage({ layers: [[file('other', 'two')]], repoTags: ['docker.io/library/other:2'] });
const zipped = buildImage({ layers: [base, [file('z', 'z')]], compression: 'gzip' });
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const hex = (digest: string): string => digest.slice('sha256:'.length);

describe('archives', () => {
  it.each<[form: 'v1.1' | 'oci-carrying', digest: string]>([
    ['v1.1', app.configDigest],
    ['oci-carrying', app.manifestDigest],
  ])('docker save, form %s', async (form, digest) => {
    writeDockerArchive(at('image'), app, { form });
    for (const reference of [at('image'), `docker-archive:${at('image')}`]) {
      const found = await open(reference);
      expect(found.image.manifestDigest).toBe(digest);
      expect(found.image.platform).toEqual(linux('amd64'));
      expect(found.image.layers.map((layer) => layer.diffId)).toEqual(app.layers.map((layer) => layer.diffId));
      expect(found.image.layers.map((layer) => layer.createdBy)).toEqual(['step 0', 'step 1', 'step 2']);
      expect(await layerDigests(found)).toEqual(app.layers.map((layer) => layer.digest));
    }
  });

  it('docker save, legacy directories: the chain of parents, no digests', async () => {
    writeDockerArchive(at('image'), app, { form: 'legacy-directories' });
    const found = await open(at('image'));
    expect(found.image).toEqual({ reference: at('image'), platform: linux('amd64'), layers: [{}, {}, {}] });
    expect(await layerDigests(found)).toEqual(app.layers.map((layer) => layer.digest));
  });

  describe.each<BlobCompression>(['gzip', 'zstd', 'xz', 'bzip2'])('wrapped in %s', (compression) => {
    const wrapped = canCompress(compression) ? it : it.skip;
    wrapped(`is read (needs the command ${compression})`, async () => {
      writeDockerArchive(at('image.tar'), app, { form: 'v1.1', compression });
      const found = await open(at('image.tar'));
      expect(found.image.reference).toBe(at('image.tar'));
      expect(await layerDigests(found)).toEqual(app.layers.map((layer) => layer.digest));
      writeOciArchive(at('oci.tar'), zipped, { compression });
      expect(await layerDigests(await open(`oci-archive:${at('oci.tar')}`))).toEqual(
        zipped.layers.map((layer) => layer.digest),
      );
    });
  });

  it('leaves no temporary file, not even while it is open, and frees the space when closed', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith(`clarion-${process.pid}-`));
    writeDockerArchive(at('image.tgz'), app, { form: 'v1.1', compression: 'gzip' });
    const found = await open(at('image.tgz'));
    const content = await found.layer(0);
    expect(sha256(await bytesOf(content))).toBe(app.layers[0]!.digest);
    const during = readdirSync(tmpdir()).filter((name) => name.startsWith(`clarion-${process.pid}-`));
    if (process.platform === 'linux') expect(during).toEqual(before);
    await found.close();
    await found.close();
    await expect(bytesOf(content)).rejects.toThrow();
  });

  it('a pipe', async () => {
    writeDockerArchive(at('image'), app, { form: 'v1.1' });
    execFileSync('mkfifo', [at('pipe')]);
    spawn('sh', ['-c', 'cat "$0" > "$1"', at('image'), at('pipe')]);
    const found = await open(at('pipe'));
    expect(await layerDigests(found)).toEqual(app.layers.map((layer) => layer.digest));
  });

  it('layers as links to other members, relative and hard', async () => {
    const [first, second] = app.layers;
    const archive = buildTar([
      file(`${hex(first!.digest)}.tar`, first!.blob),
      folder('a'),
      symlink('a/layer.tar', `../${hex(first!.digest)}.tar`),
      file('b.tar', second!.blob),
      hardlink('c/layer.tar', 'b.tar'),
      symlink('d/layer.tar', '../a/../a/layer.tar'),
      file(
        'manifest.json',
        json([{ Config: 'conf', RepoTags: null, Layers: ['a/layer.tar', 'c/layer.tar', 'd/layer.tar'] }]),
      ),
      file('conf', app.config),
    ]);
    writeFileSync(at('image'), archive);
    const found = await open(at('image'));
    expect(await layerDigests(found)).toEqual(app.layers.map((layer) => layer.digest));
    expect(found.image.manifestDigest).toBe(app.configDigest);
  });

  it.each(['loop', '../../etc/passwd', '/etc/passwd', 'nowhere'])(
    'a layer that links to %s is missing',
    async (link) => {
      const config = json({ rootfs: { diff_ids: [app.layers[0]!.diffId] } });
      const manifest = json([{ Config: 'c', Layers: ['loop'] }]);
      writeFileSync(at('image'), buildTar([symlink('loop', link), file('c', config), file('manifest.json', manifest)]));
      expect(await failure(at('image'))).toMatchObject({
        code: 'corrupt-data',
        message: expect.stringContaining('lacks 1') as string,
      });
    },
  );

  it.each<['v1.1' | 'oci-carrying' | 'legacy-directories']>([['v1.1'], ['oci-carrying'], ['legacy-directories']])(
    'several images, form %s',
    async (form) => {
      writeDockerArchive(at('image'), [app, other], { form });
      const error = await failure(at('image'));
      expect(error.code).toBe('invalid-input');
      expect(error.remedy).toContain('team/app:1');
      expect(error.remedy).toContain('other:2');
      expect(await layerDigests(await open(at('image'), { imageName: 'other:2' }))).toEqual([other.layers[0]!.digest]);
      const unknown = await failure(at('image'), { imageName: 'team/app:9' });
      expect(unknown).toMatchObject({ code: 'not-found' });
      expect(unknown.remedy).toContain('team/app:1');
    },
  );

  it('one image under two tags is one image', async () => {
    const entry = { digest: app.manifestDigest, size: app.manifest.length };
    const index = ['1', '2'].map((tag) => ({
      ...entry,
      annotations: { 'io.containerd.image.name': `team/app:${tag}`, 'org.opencontainers.image.ref.name': tag },
    }));
    writeOciLayout(at('layout'), app);
    writeFileSync(at('layout/index.json'), json({ schemaVersion: 2, manifests: index }));
    expect((await open(at('layout'))).image.manifestDigest).toBe(app.manifestDigest);
    expect((await open(`oci:${at('layout')}:2`)).image.manifestDigest).toBe(app.manifestDigest);
    expect((await failure(`oci:${at('layout')}:3`)).remedy).toContain('team/app:2');
  });
});

describe('archives that are wrong', () => {
  it.each<[name: string, bytes: Uint8Array, code: string, message: string]>([
    ['empty', new Uint8Array(), 'invalid-input', 'is not an image archive'],
    ['text', Buffer.from('hello\n'.repeat(500)), 'invalid-input', 'is not an image archive'],
    [
      'compressed text',
      compressBlob(Buffer.from('hello\n'.repeat(500)), 'gzip'),
      'invalid-input',
      'is not an image archive',
    ],
    ['zeros', new Uint8Array(4096), 'invalid-input', 'holds no image'],
    ['no image', buildTar([file('etc/passwd', 'root')]), 'invalid-input', 'holds no image'],
    ['no JSON', buildTar([file('manifest.json', '{')]), 'corrupt-data', 'is not JSON'],
    ['no list', buildTar([file('manifest.json', '{}')]), 'corrupt-data', 'not a list'],
    ['an empty list', buildTar([file('manifest.json', '[]')]), 'not-found', 'holds no image'],
    ['no configuration named', buildTar([file('manifest.json', '[{}]')]), 'corrupt-data', 'no configuration'],
    ['configuration missing', buildTar([file('manifest.json', '[{"Config":"c"}]')]), 'corrupt-data', 'is missing'],
    [
      'configuration with another digest',
      buildTar([file('manifest.json', `[{"Config":"${'0'.repeat(64)}.json"}]`), file(`${'0'.repeat(64)}.json`, '{}')]),
      'digest-mismatch',
      'should have the digest',
    ],
    [
      'an invalid diffID',
      buildTar([file('manifest.json', '[{"Config":"c"}]'), file('c', '{"rootfs":{"diff_ids":["md5:1"]}}')]),
      'corrupt-data',
      'not a digest',
    ],
    [
      'a huge manifest',
      buildTar([file('manifest.json', Buffer.alloc(4 * 1024 * 1024 + 1))]),
      'limit-exceeded',
      'larger',
    ],
    [
      'a legacy chain without its parent',
      buildTar([file('repositories', '{"a":{"b":"x"}}'), file('x/json', '{"parent":"y"}'), file('x/layer.tar')]),
      'corrupt-data',
      'lacks the layer y',
    ],
    [
      'a legacy loop',
      buildTar([file('repositories', '{"a":{"b":"x"}}'), file('x/json', '{"parent":"x"}')]),
      'corrupt-data',
      'their own parents',
    ],
  ])('%s', async (_name, bytes, code, message) => {
    writeFileSync(at('image.tar'), bytes);
    const error = await failure(at('image.tar'));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.message).not.toContain('/proc/');
  });

  /** An archive with a layout of one image and a manifest.json of others. */
  const sayingTwo = (layout: BuiltImage, saved: readonly BuiltImage[]): Uint8Array =>
    buildTar([
      ...dockerArchiveMembers([layout, ...saved], 'oci-carrying').filter(
        ({ path: name }) => name !== 'index.json' && name !== 'manifest.json',
      ),
      ...dockerArchiveMembers([layout], 'oci-carrying').filter(({ path: name }) => name === 'index.json'),
      ...dockerArchiveMembers(saved, 'oci-carrying').filter(({ path: name }) => name === 'manifest.json'),
    ]);
  const rebuilt = buildImage({ layers: [base], repoTags: ['team/app:1'] });
  const elsewhere = buildImage({ layers: [base], repoTags: ['team/app:1'], platform: linux('arm64') });

  it.each<[name: string, bytes: () => Uint8Array, imageName: string | undefined]>([
    ['of another image under its name', () => sayingTwo(app, [rebuilt]), undefined],
    ['of another image beside it', () => sayingTwo(app, [app, rebuilt]), 'team/app:1'],
    ['of another image under another name', () => sayingTwo(app, [other]), undefined],
  ])('index.json, and a manifest.json %s', async (_name, bytes, imageName) => {
    writeFileSync(at('image.tar'), bytes());
    const error = await failure(at('image.tar'), imageName === undefined ? {} : { imageName });
    expect([error.code, error.message]).toEqual([
      'corrupt-data',
      `manifest.json and index.json of ${at('image.tar')} name different layers`,
    ]);
    expect((await open(`oci-archive:${at('image.tar')}`)).image.manifestDigest).toBe(app.manifestDigest);
  });

  it.each<[name: string, bytes: () => Uint8Array, imageName: string | undefined]>([
    ['of the same image for another platform', () => sayingTwo(app, [app, elsewhere]), undefined],
    ['of another image that nobody asks for', () => sayingTwo(app, [app, other]), 'team/app:1'],
  ])('index.json, and a manifest.json %s, agree', async (_name, bytes, imageName) => {
    writeFileSync(at('image.tar'), bytes());
    const { image } = await open(at('image.tar'), imageName === undefined ? {} : { imageName });
    expect(image.manifestDigest).toBe(app.manifestDigest);
  });

  it.each([
    ['manifest.json', (bytes: Uint8Array) => [file('manifest.json', '[]'), file('manifest.json', bytes)]],
    ['the configuration', (bytes: Uint8Array) => [file('c', '{}'), file('manifest.json', bytes)]],
  ])('%s twice, with different contents', async (_name, manifests) => {
    const config = json({ rootfs: { diff_ids: [] } });
    const members = [...manifests(json([{ Config: 'c', Layers: [] }])), file('c', config)];
    writeFileSync(at('image.tar'), buildTar(members));
    const error = await failure(at('image.tar'));
    expect([error.code, error.message]).toEqual([
      'corrupt-data',
      expect.stringContaining('more than once, with different contents'),
    ]);
    writeFileSync(at('image.tar'), buildTar([...members.slice(1), file('c', config)]));
    expect((await open(at('image.tar'))).image.layers).toEqual([]);
  });

  it.each([
    ['Layers twice', '[{"Config":"c","Layers":["a"],"Layers":[]}]', 'has the member "Layers" twice'],
    ['layers', '[{"Config":"c","layers":[]}]', 'has the member "layers", which is Layers but for its case'],
  ])('manifest.json with %s', async (_name, text, message) => {
    const config = json({ rootfs: { diff_ids: [] } });
    writeFileSync(at('image.tar'), buildTar([file('c', config), file('manifest.json', text)]));
    const error = await failure(at('image.tar'));
    expect([error.code, error.message]).toEqual(['corrupt-data', expect.stringContaining(message)]);
  });

  it.each<BlobCompression>(['none', 'gzip'])('cut short (%s)', async (compression) => {
    writeDockerArchive(at('image.tar'), app, { form: 'v1.1', compression });
    truncateSync(at('image.tar'), Math.floor(readFileSync(at('image.tar')).length * 0.4));
    const error = await failure(at('image.tar'));
    expect(error).toMatchObject({ code: 'corrupt-data', remedy: 'save or copy the image again' });
    expect(error.message).toContain(at('image.tar'));
  });

  it('__proto__ is a repository like any other', async () => {
    const repositories = '{"__proto__":{"latest":"x"},"b":{"latest":"y"}}';
    const members = ['x', 'y'].flatMap((id) => [file(`${id}/json`, '{}'), file(`${id}/layer.tar`, app.layers[0]!.tar)]);
    writeFileSync(at('image'), buildTar([file('repositories', repositories), ...members]));
    expect((await failure(at('image'))).remedy).toContain('__proto__:latest');
    expect(await layerDigests(await open(at('image'), { imageName: '__proto__:latest' }))).toHaveLength(1);
  });

  it('legacy layers without repositories: the one without children', async () => {
    const config = {
      parent: 'a',
      container_config: { Cmd: ['/bin/sh', '-c', 'make'] },
      os: 'linux',
      architecture: 'arm',
    };
    const members = [
      file('a/json', '{}'),
      file('a/layer.tar', app.layers[0]!.tar),
      file('b/json', JSON.stringify(config)),
      file('b/layer.tar', app.layers[1]!.tar),
    ];
    writeFileSync(at('image'), buildTar(members));
    const found = await open(at('image'));
    expect(found.image.layers).toEqual([{}, { createdBy: '/bin/sh -c make' }]);
    expect(await layerDigests(found)).toEqual([app.layers[0]!.digest, app.layers[1]!.digest]);
    expect((await failure(at('image'), { platform: linux('amd64') })).remedy).toContain('linux/arm');
  });

  it('another platform than requested', async () => {
    writeDockerArchive(at('image'), app, { form: 'v1.1' });
    const error = await failure(at('image'), { platform: linux('s390x') });
    expect(error).toMatchObject({ code: 'not-found', remedy: 'choose with --platform one of: linux/amd64' });
  });

  it('an OCI prefix for a docker archive', async () => {
    writeDockerArchive(at('image'), app, { form: 'v1.1' });
    expect((await failure(`oci-archive:${at('image')}`)).remedy).toContain('docker-archive:');
  });

  it('an archive prefix for a directory', async () => {
    expect(await failure(`docker-archive:${scratch}`)).toMatchObject({ code: 'invalid-input' });
  });
});
