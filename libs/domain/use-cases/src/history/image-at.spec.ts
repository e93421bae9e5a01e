import type { SubmittedImage } from '../use-cases';
import { firstIndexedAt, imageAt, indexedImage, periodsOf } from './image-at';

const indexed = (detectors: string, indexedAt: string) => ({ detectors, indexedAt, layers: [`sha256:${detectors}`] });
const image: SubmittedImage = {
  manifestDigest: 'sha256:1',
  image: { reference: 'app:1', platform: { os: 'linux', architecture: 'amd64' }, layers: [] },
  usedAt: '2026-01-09',
  layers: ['sha256:dpkg@3'],
  composition: 'third',
  notRead: { problems: 1 },
  submission: {
    ...{ id: '1', state: 'indexed', origin: { kind: 'upload' }, submittedAt: '2026-01-06' },
    ...{ indexedAt: '2026-01-06', detectors: 'dpkg@3', absent: [0] },
  },
  earlier: [
    { ...indexed('dpkg@1', '2026-01-02'), until: '2026-01-04', composition: 'first', absent: [1] },
    { ...indexed('dpkg@2', '2026-01-04'), until: '2026-01-06' },
  ],
};

test.each([
  ['2026-01-01', 'dpkg@1', 'first', [1]],
  ['2026-01-03', 'dpkg@1', 'first', [1]],
  ['2026-01-04', 'dpkg@2', undefined, undefined],
  ['2026-01-06', 'dpkg@3', 'third', [0]],
  [undefined, 'dpkg@3', 'third', [0]],
])('the image at %s is as %s read it', (time, detectors, composition, absent) => {
  const then = imageAt(image, time);
  expect([then.submission.detectors, then.composition, then.submission.absent]).toEqual([
    detectors,
    composition,
    absent,
  ]);
  expect(then.layers).toEqual([`sha256:${detectors}`]);
  expect(then.notRead).toEqual(detectors === 'dpkg@3' ? { problems: 1 } : undefined);
});

test('an image is known since it was first indexed', () => {
  const { earlier: _, ...once } = image;
  expect([firstIndexedAt(image), firstIndexedAt(once)]).toEqual(['2026-01-02', '2026-01-06']);
  expect(periodsOf(once)).toEqual([{ image: once }]);
});

test.each([
  ['2026-01-01', 'app:old'],
  ['2026-01-05', 'app:older'],
  ['2026-01-07', 'app:1'],
])('at %s it had the name %s', (time, reference) => {
  const earlierReferences = [
    { reference: 'app:old', until: '2026-01-03' },
    { reference: 'app:older', until: '2026-01-06' },
  ];
  expect(imageAt({ ...image, earlierReferences }, time).image.reference).toBe(reference);
});

test('an image that only the command line scanned has a history too', () => {
  const { submission: _, ...stored } = image;
  const scanned = { ...stored, scanned: { detectors: 'dpkg@3', since: '2026-01-06' } };
  const indexed = indexedImage(scanned);
  expect(indexed && firstIndexedAt(indexed)).toBe('2026-01-02');
  expect(indexed && imageAt(indexed, '2026-01-07').submission.detectors).toBe('dpkg@3');
  expect(indexedImage(stored)).toBeUndefined();
});
