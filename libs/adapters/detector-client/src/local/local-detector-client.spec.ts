import type { Detector } from '@clarion/model';
import { describeDetectorClientContract } from '@clarion/test-kit';
import { localDetectorClient } from './local-detector-client';

const filter = { paths: ['a/*'], maxBytes: 10 };
const files = [
  { path: 'a/1', content: new Uint8Array(1) },
  { path: 'a/2', content: new Uint8Array(2) },
];

const counting: Detector = {
  id: 'counting',
  kind: 'feature',
  version: 3,
  title: 'Counts',
  files: filter,
  detect: (given) => ({
    features: given.map(({ path, content }) => ({ type: 'apk', name: 'p', version: String(content.length), path })),
  }),
};

function failing(id: string, error: Error): Detector {
  return { ...counting, id, detect: () => Promise.reject(error) };
}

const throwing: Detector = {
  ...counting,
  id: 'throwing',
  detect: () => {
    throw new RangeError('out of it');
  },
};

describeDetectorClientContract('local', (detectors) => {
  return Promise.resolve({ client: localDetectorClient(detectors), close: () => Promise.resolve() });
});

describe('localDetectorClient', () => {
  it('lists the properties of its detectors, without the detectors themselves', async () => {
    const list = await localDetectorClient([counting]).list();
    expect(list).toEqual([{ id: 'counting', kind: 'feature', version: 3, title: 'Counts', files: filter }]);
  });

  it('returns one result per request, in the order of the requests', async () => {
    const client = localDetectorClient([counting, failing('odd', new Error('odd'))]);
    const results = await client.detect([
      { detector: 'odd', files: files.slice(0, 1) },
      { detector: 'counting', files },
      { detector: 'counting', files: [] },
    ]);
    expect(results.map((result) => [result.detector, result.features?.map((feature) => feature.version)])).toEqual([
      ['odd', undefined],
      ['counting', ['1', '2']],
      ['counting', undefined],
    ]);
  });

  it.each([
    ['throws', throwing, 'The detector throwing failed: out of it'],
    ['rejects', failing('rejecting', new Error('lost')), 'The detector rejecting failed: lost'],
    ['rejects without an error', failing('odd', 'text' as unknown as Error), 'The detector odd failed: text'],
  ])('turns a detector that %s into problems of its files', async (_, detector, message) => {
    const [result] = await localDetectorClient([detector]).detect([{ detector: detector.id, files }]);
    expect(result).toEqual({
      detector: detector.id,
      problems: [
        { code: 'unreadable-database', path: 'a/1', message },
        { code: 'unreadable-database', path: 'a/2', message },
      ],
    });
  });

  it('reports a detector that it does not have', async () => {
    const [result] = await localDetectorClient([]).detect([{ detector: 'gone', files }]);
    expect(result?.problems?.map((problem) => problem.message)).toEqual([
      'The detector gone is not available here',
      'The detector gone is not available here',
    ]);
  });
});
