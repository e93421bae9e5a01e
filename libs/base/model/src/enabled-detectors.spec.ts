import type { Detector } from './contracts';
import { enabledDetectors } from './enabled-detectors';

const detector = (id: string, off?: false): Detector => ({
  id,
  kind: 'feature',
  version: 1,
  title: id,
  ...(off === false && { enabled: off }),
  files: { paths: [], maxBytes: 0 },
  detect: () => ({}),
});

const all = [detector('dpkg'), detector('node', false), detector('python', false)];

test.each([
  [[], ['dpkg']],
  [['python'], ['dpkg', 'python']],
  [
    ['python', 'node'],
    ['dpkg', 'node', 'python'],
  ],
  [['dpkg'], ['dpkg']],
])('enabling %j uses %j', (ids, used) => {
  expect(enabledDetectors(all, ids).map(({ id }) => id)).toEqual(used);
});

test.each([
  ['pyhton', 'did you mean python?'],
  ['cobol', 'these are off by default: node, python'],
])('the unknown id %s is rejected: %s', (id, remedy) => {
  let error: unknown;
  try {
    enabledDetectors(all, ['node', id]);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({
    code: 'invalid-input',
    message: `There is no detector "${id}" to enable`,
    remedy,
  });
});
