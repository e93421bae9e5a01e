import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { apiClient, installationContract, startServiceProcess } from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const debianImage = join(root, 'tools/sample/images/debian');
const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);

afterAll(() => {
  folder.remove();
});

installationContract(
  'clarion serve',
  async ({ feedsUrl, allowedHosts }) => {
    const urls = feedSources.map(({ id }) => `    ${id}: ${feedsUrl}${id}/`);
    writeFileSync(at('clarion.yaml'), `feeds:\n  urls:\n${urls.join('\n')}\n`);
    const config = ['--config', at('clarion.yaml')];
    const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0'];
    const args = [
      'serve',
      '--db',
      at('db'),
      ...config,
      ...address,
      '--no-updates',
      '--allow-host',
      allowedHosts.join(','),
    ];
    const process = startServiceProcess('cli', {}, args);
    await process.line('Started');
    const url = /http:\/\/[\d.]+:\d+/.exec(process.errors())?.[0] ?? '';
    return {
      grpcAddress: new URL(url).host,
      api: apiClient(url, readFileSync(at('db/administrator-token'), 'utf8').trim()),
      async cliReport(reference) {
        const common = ['--db', at('cli'), ...config];
        await clarion(['update', 'debian-security-tracker', ...common]);
        const args = ['scan', reference, '--format', 'json', '--offline', ...common];
        const { code, stdout, stderr } = await clarion(args);
        if (code !== 0) throw new Error(stderr);
        return stdout;
      },
      async stop() {
        process.kill('SIGTERM');
        expect(await process.ended).toBe(0);
      },
    };
  },
  {
    tracker: join(sampleFeeds, 'debian-security-tracker/json'),
    osRelease: join(debianImage, 'os-release'),
    status: join(debianImage, '2-curl.status'),
  },
);
