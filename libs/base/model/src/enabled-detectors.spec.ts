import type { Detector } from './contracts';
import { enabledDetectors } from './enabled-detectors';

const detector = (id: string, off?: false, more: Partial<Detector> = {}): Detector => ({
  id,
  kind: 'feature',
  version: 1,
  title: id,
  ...(off === false && { enabled: off }),
  files: { paths: [], maxBytes: 0 },
  detect: () => ({}),
  ...more,
});

const all = [
  detector('dpkg'),
  detector('locks', undefined, { lockFiles: true }),
  detector('node', false),
  detector('python', false),
];

test.each<[ids: readonly string[], withLockFiles: boolean, used: readonly string[]]>([
  [[], false, ['dpkg']],
  [['python'], false, ['dpkg', 'python']],
  [['python', 'node'], false, ['dpkg', 'node', 'python']],
  [['dpkg'], false, ['dpkg']],
  [['locks'], false, ['dpkg', 'locks']],
  [[], true, ['dpkg', 'locks']],
])('enabling %j, with lock files %j, uses %j', (ids, withLockFiles, used) => {
  expect(enabledDetectors(all, ids, withLockFiles).map(({ id }) => id)).toEqual(used);
});

test.each([
  ['pyhton', 'did you mean python?'],
  ['cobol', 'these are off by default: locks, node, python'],
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
