import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import {
  apiClient,
  type ApiClient,
  buildImage,
  canStartRegistry,
  type FeedServer,
  file,
  pythonTool,
  type RunningRegistry,
  type ServiceProcess,
  startFeedServer,
  startRegistry,
  startServiceProcess,
  startWebhookReceiver,
  type WebhookReceiver,
} from '@clarion/test-kit';
import { type CommandResult, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const python = pythonTool('schemathesis');
const suite = python !== undefined && canStartRegistry() ? describe : describe.skip;
const configuration = join(root, 'tools/checks/schemathesis/schemathesis.toml');
const hooks = join(root, 'tools/checks/schemathesis/hooks.py');
const feed = 'debian-security-tracker';
/** For the whole run; the seed determines the cases, the time limit their number. */
const seconds = 20;
const seed = 20_261_126;

/** Runs a Python module until it exits. */
function runPython(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(python ?? '', ['-m', ...args], { cwd: folder.path, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

suite('the REST API, tried by schemathesis (needs Python with venv, docker-registry and openssl)', () => {
  let registry: RunningRegistry;
  let feeds: FeedServer;
  let receiver: WebhookReceiver;
  let serve: ServiceProcess;
  let api: ApiClient;
  const reference = (): string => `${registry.host}/team/app:1`;

  beforeAll(async () => {
    const debian = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
    const base = [file('etc/os-release', debian('os-release')), file('var/lib/dpkg/status', debian('2-curl.status'))];
    const image = buildImage({ layers: [base, [file('app', 'one')]], compression: 'gzip' });
    registry = await startRegistry({ auth: 'none' });
    await registry.pushImage('team/app', '1', image);
    feeds = await startFeedServer();
    feeds.put(`${feed}/json`, readFileSync(join(sampleFeeds, feed, 'json'), 'utf8'));
    receiver = await startWebhookReceiver();
    const config = join(folder.path, 'clarion.yaml');
    writeFileSync(
      config,
      `feeds:\n  urls:\n${feedSources.map(({ id }) => `    ${id}: ${feeds.url}${id}/\n`).join('')}`,
    );
    const allowed = [registry.host, receiver.host, new URL(feeds.url).host].join(',');
    const db = join(folder.path, 'db');
    const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0'];
    serve = startServiceProcess('cli', {}, ['serve', '--db', db, '--config', config, ...address, '--no-updates', '--allow-host', allowed, '--requests-per-second', '1000', '--failed-attempts', '1000']); // prettier-ignore
    await serve.line('Started');
    const url = /http:\/\/[\d.]+:\d+/.exec(serve.errors())?.[0] ?? '';
    api = apiClient(url, readFileSync(join(db, 'administrator-token'), 'utf8').trim());

    // Some data of every kind, so that every call finds its object.
    await api.call('POST', `/feeds/${feed}/update`);
    await api.until('/feeds', ({ json }) =>
      json.items.some(({ id, lastSuccess }) => id === feed && lastSuccess !== undefined),
    );
    await api.call('POST', '/images', { reference: reference() });
    await api.until(`/images/${image.manifestDigest}?wait=10s`, ({ json }) => json.state === 'indexed');
    expect((await api.call('POST', '/endpoints', { url: receiver.url, allowInsecure: true })).status).toBe(201);
    const affected = [{ package: { ecosystem: 'debian:12', name: 'curl' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] }]; // prettier-ignore
    expect((await api.call('PUT', '/own-vulnerabilities/debian:12/ACME-1', { affected })).status).toBe(201);
    await api.until('/notifications', ({ json }) => json.items.length > 0);
  }, 240_000);

  afterAll(async () => {
    serve.kill('SIGTERM');
    const code = await serve.ended;
    await Promise.all([receiver.close(), feeds.close(), registry.close()]);
    expect(code).toBe(0);
  }, 120_000);

  it('has a document that OpenAPI 3.1 allows', async () => {
    const done = await runPython(['openapi_spec_validator', '--schema', '3.1', join(root, 'docs/openapi.json')]);
    expect(`${done.stdout}${done.stderr}`.trim()).toMatch(/openapi\.json: OK$/);
    expect(done.code).toBe(0);
  });

  it(
    'answers as its document says, whatever it is asked',
    async () => {
      const args = ['--checks', 'all', '--max-time', String(seconds), '--seed', String(seed), '--no-color'];
      const done = await runPython(
        ['schemathesis.cli', '--config-file', configuration, 'run', `${api.url}/openapi.json`, ...args],
        {
          SCHEMATHESIS_HOOKS: hooks,
          CLARION_TOKEN: api.token,
          CLARION_RECEIVER: `http://${receiver.host}/consents`,
          CLARION_LAYERS: `http://${registry.host}/v2/team/app/blobs/`,
          CLARION_REFERENCE: reference(),
        },
      );
      if (done.code !== 0) throw new Error(`${done.stdout}${done.stderr}`);
      expect(done.stdout).toMatch(/\d+ passed|No issues found/);
    },
    (seconds + 120) * 1000,
  );
});
