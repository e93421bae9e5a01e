import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { bundleApps, installationContract, serviceNames, startServiceInstallation } from '@clarion/test-kit';

const root = join(__dirname, '..', '..', '..', '..');
const debianImage = join(root, 'tools/sample/images/debian');
const folder = mkdtempSync(join(tmpdir(), 'clarion-services-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The output of the bundled command line. */
async function clarion(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'dist/apps/cli/main.js'), ...args], { cwd: folder });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`clarion ${args.join(' ')}: ${stderr}`);
  return stdout;
}

installationContract(
  'Six services',
  async ({ feedsUrl, allowedHosts }) => {
    const feeds = { urls: Object.fromEntries(feedSources.map(({ id }) => [id, `${feedsUrl}${id}/`])) };
    bundleApps('cli');
    // JSON is YAML.
    writeFileSync(join(folder, 'clarion.yaml'), JSON.stringify({ feeds }));
    const installation = await startServiceInstallation({ feeds, allowedHosts });
    return {
      api: installation.api,
      grpcAddress: installation.grpcAddress,
      natsUrl: installation.natsServers[0]?.url ?? '',
      async cliReport(reference) {
        const common = ['--db', join(folder, 'cli'), '--config', join(folder, 'clarion.yaml')];
        await clarion('update', 'debian-security-tracker', ...common);
        return clarion('scan', reference, '--format', 'json', '--offline', ...common);
      },
      async stop() {
        expect(await installation.stop()).toEqual(Object.fromEntries(serviceNames.map((name) => [name, 0])));
      },
    };
  },
  {
    tracker: join(root, 'tools/sample/feeds/debian-security-tracker/json'),
    osRelease: join(debianImage, 'os-release'),
    status: join(debianImage, '2-curl.status'),
  },
);
