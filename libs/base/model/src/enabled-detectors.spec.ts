import type { Detector } from './contracts';
import { type DetectorSwitches, enabledDetectors } from './enabled-detectors';

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

test.each<[DetectorSwitches, readonly string[]]>([
  [{}, ['dpkg']],
  [{ enable: ['python'] }, ['dpkg', 'python']],
  [{ enable: ['python', 'node'] }, ['dpkg', 'node', 'python']],
  [{ enable: ['dpkg'] }, ['dpkg']],
  [{ enable: ['locks'] }, ['dpkg', 'locks']],
  [{ lockFiles: true }, ['dpkg', 'locks']],
  [{ disable: ['dpkg'] }, []],
  [{ disable: ['node'] }, ['dpkg']],
  [{ enable: ['node', 'python'], disable: ['python'] }, ['dpkg', 'node']],
  [{ lockFiles: true, disable: ['locks'] }, ['dpkg']],
])('%j uses %j', (switches, used) => {
  expect(enabledDetectors(all, switches).map(({ id }) => id)).toEqual(used);
});

test.each<[DetectorSwitches, string, string]>([
  [{ enable: ['node', 'pyhton'] }, '"pyhton" to enable', 'did you mean python?'],
  [{ enable: ['cobol'] }, '"cobol" to enable', 'these are off by default: locks, node, python'],
  [{ disable: ['dpgk'] }, '"dpgk" to disable', 'did you mean dpkg?'],
  [{ disable: ['cobol'] }, '"cobol" to disable', 'these are on by default: dpkg'],
])('an unknown id is rejected: %j', (switches, message, remedy) => {
  let error: unknown;
  try {
    enabledDetectors(all, switches);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'invalid-input', message: `There is no detector ${message}`, remedy });
});
