import path from 'node:path';
import { sharedMaterial } from '@clarion/test-kit';
import { closeOpened, failure, layerDigests, linux, open } from '../testing/opened-images';

afterEach(closeOpened);

const images = sharedMaterial('conformance', 'packagedb', 'images');

(images === undefined ? describe.skip : describe)('real images (needs shared/conformance/packagedb/images)', () => {
  const real = (name: string): string => path.join(images ?? '', name);

  it.each([
    ['alpine-3.10.tar.gz', 1],
    ['alpine-3.11.tar.gz', 1],
    ['alpine-3.15.4-trimmed.tar.gz', 1],
    ['centos-trimmed.tar.gz', 1],
    ['debian-trimmed.tar.gz', 1],
    ['distroless-base.tar.gz', 2],
  ])('%s: every layer has the diffID its configuration states', async (name, layers) => {
    const found = await open(real(name));
    expect(found.image.platform).toEqual(linux('amd64'));
    expect(found.image.layers).toHaveLength(layers);
    expect(await layerDigests(found)).toEqual(found.image.layers.map((layer) => layer.diffId));
  });

  it.each([
    ['alpine-containerd-oci.tar', 'sha256:c8844343d5ccbc9f24a7cca4bdcf5b2d43cde2c83d201b18365c99b1e5f24c80', '3.14'],
    [
      'busybox-attestation-oci.tar',
      'sha256:4f62f95682318843696bbf8eb884d5c904c1f2fa70c0f0523bf2cac8f902db14',
      'foo/bar:v3',
    ],
  ])('%s: the image behind its index', async (name, expected, imageName) => {
    const found = await open(real(name), { imageName });
    expect(expected).toContain('sha256:');
    expect(found.image.layers).toHaveLength(1);
    expect(await layerDigests(found)).toEqual(found.image.layers.map((layer) => layer.digest));
    const same = await open(`oci-archive:${real(name)}`);
    expect(same.image.manifestDigest).toBe(found.image.manifestDigest);
  });

  it('nginx-compressed-layers.tar: its layers are missing', async () => {
    const error = await failure(real('nginx-compressed-layers.tar'));
    expect(error).toMatchObject({
      code: 'corrupt-data',
      remedy: expect.stringContaining('layers are missing') as string,
    });
    expect(error.message).toContain('has 1 layer but its configuration lists 3');
  });
});
