import type { Image, ImageSource, LayerDescriptor } from '@clarion/model';
import { type TestInstallation, startInstallation } from '../testing/installation';
import { boundRecord, boundReferences, recordLimits } from './record-bounds';

const digest = `sha256:${'a'.repeat(64)}`;
const mediaType = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const layer: LayerDescriptor = { diffId: digest, digest, mediaType, size: 1_000_000_000, createdBy: 'x'.repeat(128) };
const layersOf = (count: number, changes: Partial<LayerDescriptor> = {}): readonly LayerDescriptor[] =>
  Array.from({ length: count }, () => ({ ...layer, ...changes }));
const imageOf = (layers: readonly LayerDescriptor[], reference = digest): Image => ({
  reference,
  manifestDigest: digest,
  platform: { os: 'linux', architecture: 'amd64' },
  layers,
});
const upload: ImageSource = { kind: 'upload' };
const addresses = (count: number, length: number): ImageSource => ({
  kind: 'layer-urls',
  layers: Array.from({ length: count }, () => ({ url: 'u'.repeat(length), headers: 'h'.repeat(length) })),
});

describe('the record of an image', () => {
  it.each<[what: string, image: Image, origin: ImageSource, fault: string | undefined]>([
    ['the largest that has a name', imageOf(layersOf(512)), upload, undefined],
    ['long steps of all layers', imageOf(layersOf(512, { createdBy: 'x'.repeat(1000) })), upload, 'of the layers has'],
    ['a long reference', imageOf([], 'r'.repeat(1024)), upload, undefined],
    ['a longer one', imageOf([], 'r'.repeat(1025)), upload, 'The reference has 1025 characters'],
    ['signed addresses', imageOf(layersOf(120)), addresses(120, 1000), undefined],
    ['addresses without an end', imageOf(layersOf(250)), addresses(250, 8000), '(addresses and headers) has'],
  ])('%s', (_what, image, source, fault) => {
    const bound = (): void => {
      boundRecord({ image, source: source });
    };
    if (fault === undefined) expect(bound).not.toThrow();
    else
      expect(bound).toThrow(
        expect.objectContaining({ code: 'limit-exceeded', message: expect.stringContaining(fault) as string }) as Error,
      );
  });

  it('has the first references, as many as there is room for', () => {
    const short = Array.from({ length: 1200 }, (_, n) => `a:${n}`);
    const long = Array.from({ length: 1200 }, (_, n) => `${'a'.repeat(1000)}:${n}`);
    expect(boundReferences(short)).toEqual(short.slice(0, 1000));
    expect(boundReferences(long)).toEqual(long.slice(0, 65));
    expect(boundReferences(long).join('').length).toBeLessThanOrEqual(recordLimits.references);
  });
});

describe('submissions', () => {
  let here: TestInstallation;
  beforeAll(async () => (here = await startInstallation()));
  afterAll(() => here.close());

  it('with addresses that are too large for a record are rejected, and leave nothing', async () => {
    const layers = Array.from({ length: 250 }, (_, n) => ({
      digest: `sha256:${String(n).padStart(64, '0')}`,
      url: `https://layers.example/${'x'.repeat(8000)}`,
    }));
    const refused = here.useCases.images.submit({ kind: 'layers', digest, layers });
    await expect(refused).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(await here.store.image(digest)).toBeUndefined();
  });
});
