import type { EarlierIndexing, StoredImage } from '@clarion/model';
import { changedImage, scannedImage } from './stored-images';

const manifestDigest = `sha256:${'a'.repeat(64)}` as const;
const image: StoredImage = {
  manifestDigest,
  image: { reference: 'app', layers: [] } as unknown as StoredImage['image'],
  layers: [],
  usedAt: '2024-01-02T10:00:00Z',
};
const submission = { id: 's', state: 'queued', origin: { kind: 'upload' }, submittedAt: image.usedAt } as const;
const submitted: StoredImage = { ...image, submission };

const earlier: EarlierIndexing = {
  indexedAt: '2023-01-01T00:00:00Z',
  until: '2024-01-01T10:00:00Z',
  detectors: 'dpkg@0',
  layers: [],
};

describe('a scan', () => {
  it.each<readonly [what: string, known: StoredImage | undefined, scanned: StoredImage, written: object | undefined]>([
    ['of an unknown image stores it', undefined, image, image],
    ['on the same day writes nothing', image, { ...image, usedAt: '2024-01-02T11:00:00Z' }, undefined],
    [
      'on another day writes its time',
      image,
      { ...image, usedAt: '2024-01-03T00:00:00Z' },
      { usedAt: '2024-01-03T00:00:00Z' },
    ],
    ['that finds something else writes it', image, { ...image, composition: 'c' }, { composition: 'c' }],
    [
      'with other detectors keeps what was known',
      { ...image, scanned: { detectors: 'dpkg@1', since: '2024-01-01T10:00:00Z' } },
      { ...image, scanned: { detectors: 'dpkg@2', since: '2024-01-02T10:00:00Z' } },
      {
        scanned: { detectors: 'dpkg@2', since: '2024-01-02T10:00:00Z' },
        earlier: [
          { indexedAt: '2024-01-01T10:00:00Z', until: '2024-01-02T10:00:00Z', detectors: 'dpkg@1', layers: [] },
        ],
      },
    ],
    [
      'under another name keeps the one that it had',
      image,
      { ...image, usedAt: '2024-01-03T00:00:00Z', image: { ...image.image, reference: 'other' } },
      { earlierReferences: [{ reference: 'app', until: '2024-01-03T00:00:00Z' }] },
    ],
    [
      'with the same detectors keeps since when',
      { ...image, scanned: { detectors: 'dpkg@1', since: '2024-01-01T10:00:00Z' }, earlier: [earlier] },
      { ...image, usedAt: '2024-01-03T00:00:00Z', scanned: { detectors: 'dpkg@1', since: '2024-01-03T00:00:00Z' } },
      { scanned: { detectors: 'dpkg@1', since: '2024-01-01T10:00:00Z' }, earlier: [earlier] },
    ],
    [
      'of a submitted image only says that it was used',
      submitted,
      { ...image, usedAt: '2024-01-03T00:00:00Z' },
      { submission, usedAt: '2024-01-03T00:00:00Z' },
    ],
    [
      'of a submitted image that is older says nothing',
      submitted,
      { ...image, usedAt: '2024-01-01T00:00:00Z' },
      undefined,
    ],
    [
      'that comes with a submission replaces the image',
      submitted,
      { ...submitted, composition: 'c' },
      { composition: 'c' },
    ],
  ])('%s', (_, known, scanned, written) => {
    const next = scannedImage(known, scanned);
    if (written === undefined) expect(next).toBeUndefined();
    else expect(next).toMatchObject(written);
  });
});

describe('a change', () => {
  it.each<readonly [what: string, next: StoredImage | undefined, written: StoredImage | undefined]>([
    ['to nothing', undefined, undefined],
    ['to the same', { ...image }, undefined],
    ['to something else', submitted, submitted],
  ])('%s', (_, next, written) => {
    expect(changedImage(manifestDigest, image, () => next)).toEqual(written);
  });

  it('to another image is rejected', () => {
    const other = { ...image, manifestDigest: `sha256:${'b'.repeat(64)}` as const };
    expect(() => changedImage(manifestDigest, image, () => other)).toThrow(
      expect.objectContaining({ code: 'invalid-input' }) as Error,
    );
  });
});
