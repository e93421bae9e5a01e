import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  apiClient,
  bundleApps,
  type FilledInstallation,
  installationAnswers,
  startServiceProcess,
  startWebhookReceiver,
} from '@clarion/test-kit';
import { root, temporaryFolder } from '../../testing/run-clarion';

const formats = join(root, 'libs/adapters/store-embedded/testdata/formats');
const folder = temporaryFolder();

beforeAll(() => {
  bundleApps('cli');
});
afterAll(() => {
  folder.remove();
});

interface Answers {
  readonly config: unknown;
  readonly filled: FilledInstallation;
}

it.each(readdirSync(formats))(
  'serve on the data directory of %s gives the same reports, notifications and endpoints, and signs for them',
  async (release) => {
    const at = (name: string): string => join(formats, release, name);
    const db = join(folder.path, release);
    mkdirSync(db);
    writeFileSync(join(db, 'facts.mdb'), gunzipSync(readFileSync(at('facts.mdb.gz'))));
    writeFileSync(join(db, 'sealing-key'), readFileSync(at('sealing-key')));
    const { config, filled } = JSON.parse(readFileSync(at('answers.json'), 'utf8')) as Answers;
    writeFileSync(join(db, 'clarion.yaml'), JSON.stringify({ feeds: config }));
    const receiver = await startWebhookReceiver();
    const serving = startServiceProcess('cli', {}, [
      ...['serve', '--db', db, '--config', join(db, 'clarion.yaml'), '--no-updates', '--listen', '127.0.0.1:0'],
      ...['--introspection-port', '0', '--allow-host', receiver.host, '--insecure-host', receiver.host],
    ]);
    try {
      await serving.line('Started');
      const url = /http:\/\/[\d.]+:\d+/.exec(serving.errors())?.[0] ?? '';
      const api = apiClient(url, readFileSync(join(db, 'administrator-token'), 'utf8').trim());
      const images = Object.keys(filled.findings).map((manifestDigest) => ({ manifestDigest }));
      expect(await installationAnswers(api, images)).toEqual(filled);
      // Its secret was sealed by the earlier release.
      const [endpoint = ''] = filled.endpoints;
      const moved = await api.call('PUT', `/endpoints/${endpoint}`, { url: receiver.url, allowInsecure: true });
      expect(moved.status).toBe(200);
      const tested = await api.call('POST', `/endpoints/${endpoint}/test`);
      expect([tested.status, receiver.received[0]?.headers['webhook-signature']]).toEqual([
        200,
        expect.stringMatching(/^v1,/),
      ]);
    } finally {
      serving.kill('SIGTERM');
      await serving.ended;
      await receiver.close();
    }
  },
  60_000,
);
