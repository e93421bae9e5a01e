import type { EarlierIndexing, StoredImage, Submission } from './catalogue';
import { earlierIndexings, endedEarlier, mostEarlierIndexings } from './earlier-indexings';

const layers = ['sha256:1'];
const image = {
  manifestDigest: 'sha256:a',
  image: { reference: 'app', platform: { os: 'linux', architecture: 'amd64' }, layers: [] },
  layers,
  usedAt: '2024-01-02T10:00:00Z',
} satisfies StoredImage;
const indexed: Submission = {
  id: 's',
  state: 'indexed',
  origin: { kind: 'upload' },
  submittedAt: '2024-01-01T10:00:00Z',
  indexedAt: '2024-01-01T10:01:00Z',
  detectors: 'dpkg@1',
};
const until = '2024-02-01T00:00:00Z';
const first: EarlierIndexing = {
  indexedAt: '2023-01-01T00:00:00Z',
  until: '2024-01-01T10:01:00Z',
  detectors: 'dpkg@0',
  layers,
};

describe('what remains known of an image that is replaced', () => {
  it.each<[string, StoredImage | undefined, readonly EarlierIndexing[]]>([
    ['nothing of an unknown one', undefined, []],
    [
      'how it was indexed',
      {
        ...image,
        ...{ submission: { ...indexed, absent: [1] }, composition: 'c', composingSteps: 5, notRead: { problems: 2 } },
      },
      [
        {
          ...{ indexedAt: indexed.indexedAt!, until, detectors: 'dpkg@1', layers, absent: [1] },
          ...{ composition: 'c', composingSteps: 5, notRead: { problems: 2 } },
        },
      ],
    ],
    [
      'that, and how before',
      { ...image, submission: indexed, earlier: [first] },
      [first, { indexedAt: indexed.indexedAt!, until, detectors: 'dpkg@1', layers }],
    ],
    [
      'only how before, of one that waits',
      { ...image, submission: { ...indexed, state: 'queued' }, earlier: [first] },
      [first],
    ],
    [
      'only how before, of one that failed',
      { ...image, submission: { ...indexed, state: 'failed' }, earlier: [first] },
      [first],
    ],
    [
      'how it was scanned, while it was not submitted',
      { ...image, scanned: { detectors: 'dpkg@2', since: '2024-01-15T00:00:00Z' } },
      [{ indexedAt: '2024-01-15T00:00:00Z', until, detectors: 'dpkg@2', layers }],
    ],
    ['nothing of a scan of an older version', image, []],
  ])('is %s', (_, known, expected) => {
    expect(earlierIndexings(known, until)).toEqual(expected);
  });

  it('is a limited number of times, the latest ones', () => {
    const earlier = Array.from({ length: mostEarlierIndexings }, (_, at) => ({ ...first, detectors: `dpkg@${at}` }));
    const all = earlierIndexings({ ...image, submission: indexed, earlier }, until);
    expect(all).toHaveLength(mostEarlierIndexings);
    expect([all[0]?.detectors, all.at(-1)?.detectors]).toEqual(['dpkg@1', 'dpkg@1']);
    expect(all.at(-2)?.detectors).toBe(`dpkg@${mostEarlierIndexings - 1}`);
  });

  it('lasted until the image was indexed again', () => {
    const last = { ...first, detectors: 'dpkg@1', until };
    const again = '2024-02-03T00:00:00Z';
    expect(endedEarlier([first, last], again)).toEqual([first, { ...last, until: again }]);
    expect(endedEarlier([], again)).toEqual([]);
  });
});
