import { ClarionError, type Detector } from '@clarion/model';
import { describeDetectorClientContract, hashingDetector } from '@clarion/test-kit';
import { localDetectorClient } from '../local/local-detector-client';
import { joinedDetectorClient } from './joined-detector-client';

describeDetectorClientContract('two joined', (detectors) => {
  const members = [detectors.slice(0, 1), detectors.slice(1)].map(localDetectorClient);
  return Promise.resolve({ client: joinedDetectorClient(members), close: () => Promise.resolve() });
});

const named = (id: string): Detector => ({ ...hashingDetector, id });

describe('joinedDetectorClient', () => {
  it('calls each member once, in parallel, for its own detectors', async () => {
    const asked: string[][] = [];
    const member = (...ids: string[]) => {
      const client = localDetectorClient(ids.map(named));
      return {
        list: () => client.list(),
        detect: (requests: Parameters<typeof client.detect>[0]) => {
          asked.push(requests.map(({ detector }) => detector));
          return client.detect(requests);
        },
      };
    };
    const client = joinedDetectorClient([member('a', 'c'), member('b'), member('unused')]);
    const results = await client.detect(['a', 'b', 'gone', 'c', 'a'].map((detector) => ({ detector, files: [] })));
    expect(results.map(({ detector }) => detector)).toEqual(['a', 'b', 'gone', 'c', 'a']);
    expect(asked).toEqual([['a', 'c', 'a'], ['b']]);
  });

  it('rejects a detector that two members have, and names them', async () => {
    const remote = { ...localDetectorClient([named('b')]), address: 'own.example:7070' };
    const client = joinedDetectorClient([localDetectorClient([named('a'), named('b')]), remote]);
    await expect(client.list()).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'The detector b is there twice: in this process and in own.example:7070',
    });
    await expect(client.detect([{ detector: 'a', files: [] }])).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('fails as a whole when one member cannot list its detectors', async () => {
    const lost = new ClarionError('upstream-unavailable', 'gone');
    const down = { list: () => Promise.reject(lost), detect: () => Promise.reject(lost) };
    await expect(joinedDetectorClient([localDetectorClient([named('a')]), down]).list()).rejects.toBe(lost);
  });
});
