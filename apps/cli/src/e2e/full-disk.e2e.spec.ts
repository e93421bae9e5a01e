import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, file, until, writeDockerArchive } from '@clarion/test-kit';
import { bundle, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

// A real full disk: a small mount that only the processes of a command see, and that disappears with them.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);

/** Runs commands in their own mount and user namespaces, as root of the user namespace. */
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

/** More Debian advisories than fit on the disk. */
function largeTracker(): string {
  const releases = { bookworm: { status: 'resolved', fixed_version: '1.0' } };
  const packages = Array.from({ length: 4000 }, (_, index) => {
    const flaws = Array.from({ length: 12 }, (_flaw, flaw) => [`CVE-2024-${10_000 + index * 12 + flaw}`, { releases }]);
    return [`package-${index}-${(index * 7919) % 9973}`, Object.fromEntries(flaws) as object];
  });
  return JSON.stringify(Object.fromEntries(packages));
}

describe('a disk that feeds fill', () => {
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
      .map(quoted)
      .join(' ');

  itWithMounts(
    `ends a scan with the truth, and none about the network${why}`,
    () => {
      const { status, stdout, stderr } = alone(
        `mount -t tmpfs -o size=3m tmpfs "${at('disk')}"`,
        command(at('mirror')),
      );
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/The disk that holds .*disk\/db is full.*; free space there/);
      expect(stderr).not.toMatch(/never loaded|network/);
    },
    120_000,
  );

  itWithMounts(
    `shows as the failure of the feed${why}`,
    async () => {
      const words = [process.execPath, bundle, 'serve', '--auth', 'off', '--listen', '127.0.0.1:0'];
      const serve = words.concat('--introspection-port', '0', '--db', at('disk/db'), '--feeds-dir', at('mirror'));
      const commands = [`mount -t tmpfs -o size=3m tmpfs "${at('disk')}"`, `exec ${serve.map(quoted).join(' ')}`];
      const shell = ['sh', '-c', commands.join('\n')];
      const server = spawn('unshare', ['--mount', '--user', '--map-root-user', ...shell], {
        env: { PATH: process.env['PATH'], HOME: folder.path },
      });
      const ended = once(server, 'close');
      let printed = '';
      server.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
      server.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
      try {
        await until('it listens', () => printed.includes('gRPC on http:'));
        const base = /gRPC on (http:\S+)/.exec(printed)?.[1] ?? '';
        const feed = async () => {
          const { items } = (await (await fetch(`${base}/api/v1/feeds`)).json()) as { items: readonly Feed[] };
          return items.find(({ id }) => id === 'debian-security-tracker');
        };
        await until('the feed has failed', async () => (await feed())?.lastError !== undefined, { every: 100 });
        const full = expect.stringMatching(/^The disk that holds .* is full/) as string;
        expect(await feed()).toMatchObject({
          level: 'warning',
          lastError: full,
          failingSince: expect.any(String) as string,
        });
        const probes = /"introspection_port":(\d+)/.exec(printed)?.[1] ?? '';
        const metrics = await (await fetch(`http://127.0.0.1:${probes}/metrics`)).text();
        expect(metrics).toContain('clarion_feed_failing{source="debian-security-tracker"} 1');
      } finally {
        server.kill('SIGTERM');
        await ended;
      }
    },
    150_000,
  );
});

interface Feed {
  readonly id: string;
  readonly lastError?: string;
}

const quoted = (word: string): string => `"${word}"`;
