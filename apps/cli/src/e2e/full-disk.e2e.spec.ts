import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { bundle, root, sampleFeeds, temporaryFolder } from './run-clarion';

// A real disk that is full: a small mount that only the processes of a command see, gone with it.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);

/** Runs commands where mounts are seen by nobody else; as another user's root where there is no real one. */
function alone(...commands: readonly string[]) {
  const shell = ['sh', '-c', commands.join('\n')];
  return spawnSync('unshare', ['--mount', '--user', '--map-root-user', ...shell], {
    encoding: 'utf8',
    timeout: 110_000,
    env: { PATH: process.env['PATH'], HOME: folder.path },
  });
}

const canMount = alone(`mount -t tmpfs -o size=1m,mode=700 tmpfs "${tmpdir()}"`).status === 0;
const itWithMounts = canMount ? it : it.skip;
const why = canMount ? '' : ' (needs unshare and user namespaces)';

/** More statements of Debian than the disk takes. */
function largeTracker(): string {
  const releases = { bookworm: { status: 'resolved', fixed_version: '1.0' } };
  const packages = Array.from({ length: 4000 }, (_, index) => {
    const flaws = Array.from({ length: 12 }, (_flaw, flaw) => [`CVE-2024-${10_000 + index * 12 + flaw}`, { releases }]);
    return [`package-${index}-${(index * 7919) % 9973}`, Object.fromEntries(flaws) as object];
  });
  return JSON.stringify(Object.fromEntries(packages));
}

describe('a scan whose feeds fill the disk', () => {
  beforeAll(() => {
    const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
    const layer = [
      file('etc/os-release', fixture('os-release')),
      file('var/lib/dpkg/status', fixture('1-base.status')),
    ];
    writeDockerArchive(at('image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
    cpSync(sampleFeeds, at('mirror'), { recursive: true });
    writeFileSync(at('mirror/debian-security-tracker/json'), largeTracker());
    writeFileSync(at('clarion.yaml'), 'feeds: {}\n');
    mkdirSync(at('disk'));
  });

  const command = (mirror: string): string =>
    [process.execPath, bundle, 'scan', at('image.tar'), '--db', at('disk/db'), '--config', at('clarion.yaml')]
      .concat('--format', 'json', '--feeds-dir', mirror)
      .map((word) => `"${word}"`)
      .join(' ');

  itWithMounts(
    `ends with the truth, and none about the network${why}`,
    () => {
      const { status, stdout, stderr } = alone(
        `mount -t tmpfs -o size=3m tmpfs "${at('disk')}"`,
        command(at('mirror')),
      );
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/The disk that holds .*disk\/db is full.*; Free space there/);
      expect(stderr).not.toMatch(/never loaded|network/);
    },
    120_000,
  );
});
