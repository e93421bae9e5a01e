import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { buildImage, file, startFeedServer, writeDockerArchive, type FeedServer } from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// The feeds that a scan loads: those for the image's distribution, and those that describe vulnerabilities.

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);
const describing = [
  ['cisa-kev', 'known_exploited_vulnerabilities.json'],
  ['epss', 'epss_scores-current.csv'],
  ['nvd', 'nvdcve-2.0-2024.json'],
] as const;
const everything = ['cisa-kev', 'debian-security-tracker', 'epss', 'nvd'];
let server: FeedServer;

beforeAll(async () => {
  server = await startFeedServer();
  server.put('debian-security-tracker/json', readFileSync(join(sampleFeeds, 'debian-security-tracker/json')));
  const testdata = (feed: string, name: string): Buffer =>
    readFileSync(join(root, 'libs/plugins/feed-sources/src', feed, 'testdata/input', name));
  for (const [feed, name] of describing) server.put(`${feed}/${name}`, testdata(feed, name));
  const urls = feedSources.map(({ id }) => `    ${id}: ${server.url}${id}/`);
  writeFileSync(at('clarion.yaml'), `feeds:\n  urls:\n${urls.join('\n')}\n`);
  const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
  const layer = [file('etc/os-release', fixture('os-release')), file('var/lib/dpkg/status', fixture('1-base.status'))];
  writeDockerArchive(at('debian.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
});

afterAll(async () => {
  await server.close();
  folder.remove();
});

async function scan(...more: readonly string[]): Promise<CommandResult & { readonly asked: readonly string[] }> {
  server.arrived.length = 0;
  const args = ['scan', at('debian.tar'), '--config', at('clarion.yaml'), '--db', at('db'), '--format', 'json'];
  const result = await clarion([...args, ...more]);
  return { ...result, asked: [...new Set(server.arrived.map((path) => path.split('/')[0] ?? ''))].sort() };
}

describe('clarion scan with feeds from the network', () => {
  it('rejects a first scan without data when it is offline, without any request', async () => {
    expect(await scan('--offline')).toMatchObject({ code: 4, asked: [] });
  });

  it('loads the feeds for the distribution of the image, and all that describe vulnerabilities', async () => {
    expect(await scan()).toMatchObject({ code: 0, asked: everything });
  });

  it('sends no request while the data is fresh', async () => {
    expect(await scan()).toMatchObject({ code: 0, asked: [] });
    expect(await scan('--offline')).toMatchObject({ code: 0, asked: [] });
  });
});
