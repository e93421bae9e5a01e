import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildImage, file, writeOciArchive, writeOciLayout, type BuiltImage } from '@clarion/test-kit';
import { closeOpened, failure, layerDigests, linux, open } from '../../testing/opened-images';

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
const arm = buildImage({ layers: [[file('arm', 'x')]], platform: linux('arm64', 'v8'), repoTags: ['team/app:1'] });
const zipped = buildImage({ layers: [base, [file('z', 'z')]], compression: 'gzip' });
const hex = (digest: string): string => digest.slice('sha256:'.length);

describe('layouts', () => {
  const builders: [
    name: string,
    write: (target: string, images: BuiltImage | BuiltImage[], options: object) => void,
  ][] = [
    ['directory', writeOciLayout],
    ['archive', writeOciArchive],
  ];

  it.each(builders)('%s: attestations are skipped, nested indexes entered', async (_name, write) => {
    write(at('one'), zipped, { nestedIndex: true, attestation: true });
    const found = await open(at('one'));
    expect(found.image.manifestDigest).toBe(zipped.manifestDigest);
    expect(found.image.layers.map((layer) => layer.size)).toEqual(zipped.layers.map((layer) => layer.blob.length));
    expect(await layerDigests(found)).toEqual(zipped.layers.map((layer) => layer.digest));
  });

  it.each(builders)('%s: platforms', async (_name, write) => {
    write(at('two'), [app, arm], {});
    expect((await open(at('two'))).image.manifestDigest).toBe(app.manifestDigest);
    expect((await open(at('two'), { platform: linux('arm64') })).image.manifestDigest).toBe(arm.manifestDigest);
    expect((await open(at('two'), { platform: linux('aarch64', 'v8') })).image.platform).toEqual(linux('arm64', 'v8'));
    expect((await failure(at('two'), { platform: linux('s390x') })).remedy).toContain('linux/amd64, linux/arm64/v8');
  });

  it('the only image is taken whatever its platform, unless another platform is requested', async () => {
    writeOciLayout(at('one'), arm, { nestedIndex: true, attestation: true });
    expect((await open(at('one'))).image.platform).toEqual(linux('arm64', 'v8'));
    expect(await failure(at('one'), { platform: linux('amd64') })).toMatchObject({ code: 'not-found' });
  });

  it.each(['1', 'team/app:1', 'docker.io/team/app:1'])('finds the image named %s', async (name) => {
    writeOciLayout(at('two'), [app, other]);
    expect((await open(`oci:${at('two')}:${name}`)).image.manifestDigest).toBe(app.manifestDigest);
    expect((await open(at('two'), { imageName: name })).image.manifestDigest).toBe(app.manifestDigest);
  });

  it('a manifest by digest', async () => {
    writeOciLayout(at('two'), [app, other]);
    expect((await open(at('two'), { imageName: other.manifestDigest })).image.manifestDigest).toBe(
      other.manifestDigest,
    );
  });

  it('manifests of platforms that were never pulled are not offered', async () => {
    writeOciLayout(at('two'), [app, arm]);
    rmSync(at(`two/blobs/sha256/${hex(app.manifestDigest)}`));
    expect((await open(at('two'))).image.manifestDigest).toBe(arm.manifestDigest);
    rmSync(at(`two/blobs/sha256/${hex(arm.manifestDigest)}`));
    expect(await failure(at('two'))).toMatchObject({ code: 'corrupt-data' });
  });

  it.each<[name: string, breakIt: (blobs: string) => void, code: string]>([
    [
      'a layer is missing',
      (blobs) => {
        rmSync(path.join(blobs, hex(zipped.layers[1]!.digest)));
      },
      'corrupt-data',
    ],
    [
      'the configuration is missing',
      (blobs) => {
        rmSync(path.join(blobs, hex(zipped.configDigest)));
      },
      'corrupt-data',
    ],
    [
      'the configuration was changed',
      (blobs) => {
        writeFileSync(path.join(blobs, hex(zipped.configDigest)), '{}');
      },
      'digest-mismatch',
    ],
    [
      'the manifest was changed',
      (blobs) => {
        writeFileSync(path.join(blobs, hex(zipped.manifestDigest)), '{}');
      },
      'digest-mismatch',
    ],
    [
      'the configuration is a link to something else',
      (blobs) => {
        const blob = path.join(blobs, hex(zipped.configDigest));
        rmSync(blob);
        symlinkSync('/etc/passwd', blob);
      },
      'digest-mismatch',
    ],
    [
      'a layer is a link to nothing',
      (blobs) => {
        const blob = path.join(blobs, hex(zipped.layers[0]!.digest));
        rmSync(blob);
        symlinkSync('nowhere', blob);
      },
      'corrupt-data',
    ],
    [
      'index.json is a manifest',
      (blobs) => {
        writeFileSync(path.join(blobs, '../../index.json'), zipped.manifest);
      },
      'corrupt-data',
    ],
    [
      'index.json is missing',
      (blobs) => {
        rmSync(path.join(blobs, '../../index.json'));
      },
      'not-found',
    ],
  ])('%s', async (_name, breakIt, code) => {
    writeOciLayout(at('one'), zipped);
    breakIt(at('one/blobs/sha256'));
    expect((await failure(at('one'))).code).toBe(code);
  });

  it.each([1, 1 << 30, 2 ** 40])(
    '%i bytes more than the manifest declares are rejected before any is read',
    async (more) => {
      writeOciLayout(at('one'), zipped);
      const { digest, blob } = zipped.layers[1]!;
      truncateSync(path.join(at('one/blobs/sha256'), hex(digest)), blob.length + more);
      const found = await open(at('one'));
      expect(await found.identity?.(1)).toBeUndefined();
      await expect(found.layer(1)).rejects.toMatchObject({ code: 'digest-mismatch' });
      expect(await found.identity?.(0)).toBeDefined();
    },
  );

  it('fewer bytes than the manifest declares are rejected, too', async () => {
    writeOciLayout(at('one'), zipped);
    const { digest, blob } = zipped.layers[1]!;
    truncateSync(path.join(at('one/blobs/sha256'), hex(digest)), blob.length - 1);
    await expect((await open(at('one'))).layer(1)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('blobs that are links to blobs', async () => {
    writeOciLayout(at('one'), zipped);
    mkdirSync(at('store'));
    for (const digest of [zipped.manifestDigest, zipped.configDigest, ...zipped.layers.map((layer) => layer.digest)]) {
      renameSync(at(`one/blobs/sha256/${hex(digest)}`), at(`store/${hex(digest)}`));
      symlinkSync(at(`store/${hex(digest)}`), at(`one/blobs/sha256/${hex(digest)}`));
    }
    expect(await layerDigests(await open(at('one')))).toEqual(zipped.layers.map((layer) => layer.digest));
  });

  it('the dir: layout of skopeo', async () => {
    mkdirSync(at('skopeo'));
    writeFileSync(at('skopeo/version'), 'Directory Transport Version: 1.1\n');
    writeFileSync(at('skopeo/manifest.json'), zipped.manifest);
    writeFileSync(at(`skopeo/${hex(zipped.configDigest)}`), zipped.config);
    for (const layer of zipped.layers) writeFileSync(at(`skopeo/${hex(layer.digest)}`), layer.blob);
    for (const reference of [at('skopeo'), `oci:${at('skopeo')}`]) {
      const found = await open(reference);
      expect(found.image.manifestDigest).toBe(zipped.manifestDigest);
      expect(await layerDigests(found)).toEqual(zipped.layers.map((layer) => layer.digest));
    }
  });

  it('a directory that is not an OCI image layout', async () => {
    expect((await failure(`oci:${scratch}`)).remedy).toContain('dir:');
    expect((await failure(`oci:${at('absent')}:tag`)).code).toBe('not-found');
  });
});
