import type { LayerDescriptor, StoredImage } from '@clarion/model';

import { packImage, unpackImage } from './packed-image';

const hex = (digit: string, length = 64) => digit.repeat(length);
const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';

function image(layers: readonly LayerDescriptor[], computed: readonly string[]): StoredImage {
  return {
    manifestDigest: `sha256:${hex('a')}`,
    image: { reference: 'a/b:1', platform: { os: 'linux', architecture: 'arm64', variant: 'v8' }, layers },
    layers: computed,
    usedAt: '2024-03-01T10:00:00Z',
    references: ['a/b:1'],
    composition: hex('c'),
  };
}

describe('packed images', () => {
  const one = `sha256:${hex('1')}`;
  const two = `sha256:${hex('2')}`;
  const whole: Required<LayerDescriptor> = { diffId: one, digest: two, mediaType, size: 5, createdBy: 'COPY . /' };

  it.each<[string, StoredImage]>([
    ['with nothing but layers', image([{ diffId: one }, { diffId: two }], [one, two])],
    ['without layers', image([], [])],
    ['that is not indexed yet', image([whole, { digest: one }], [])],
    ['whose configuration lied', image([whole, { diffId: two }], [two, one])],
    ['whose configuration names fewer diffIDs', image([whole, { digest: two }], [one, two])],
    [
      'of several media types',
      image([whole, { ...whole, mediaType: 'x' }, { diffId: one, mediaType }], [one, one, one]),
    ],
    ['with digests of another kind', image([{ diffId: `sha512:${hex('3', 128)}`, digest: 'sha256:A' }], ['md5:1'])],
    [
      'that was indexed before, from other layers',
      {
        ...image([whole], [one]),
        earlier: [
          { indexedAt: '2024-01-01T10:00:00Z', until: '2024-02-01T10:00:00Z', detectors: 'dpkg@1', layers: [one, two] },
          {
            ...{ indexedAt: '2024-02-01T10:00:00Z', until: '2024-03-01T10:00:00Z', detectors: 'dpkg@2', layers: [two] },
            ...{ composition: hex('d'), composingSteps: 7, notRead: { problems: 1 }, absent: [0] },
          },
        ],
      },
    ],
    ['with a name like a member of objects', image([{ mediaType: '__proto__', createdBy: 'constructor' }], [])],
  ])('return an image %s', (_, given) => {
    expect(unpackImage(packImage(given))).toStrictEqual(given);
  });

  it('contain each digest once, and as bytes', () => {
    const packed = packImage(image([whole, whole], [one, one]));
    expect(packed.sha256).toEqual(Buffer.concat([Buffer.alloc(32, 0x11), Buffer.alloc(32, 0x22)]));
    expect(packed.others).toEqual([]);
    expect(packed.layers).toEqual([0, 0]);
  });
});
