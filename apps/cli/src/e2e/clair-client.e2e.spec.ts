import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import {
  buildImage,
  canStartRegistry,
  documentedTool,
  type FeedServer,
  file,
  type RunningRegistry,
  type ServiceProcess,
  startFeedServer,
  startRegistry,
  startServiceProcess,
  until,
} from '@clarion/test-kit';
import { type CommandResult, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const clairctl = documentedTool('clairctl');
const suite = clairctl !== undefined && canStartRegistry() ? describe : describe.skip;
const feed = 'debian-security-tracker';
const key = Buffer.alloc(32, 7).toString('base64');

type Json = Record<string, unknown>;

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);

suite('clairctl 4.9, unchanged, with a registry that wants tokens (needs Go, docker-registry and openssl)', () => {
  let registry: RunningRegistry;
  let feeds: FeedServer;
  let serve: ServiceProcess;
  let url = '';
  let token = '';
  const reference = (): string => `${registry.host}/team/app:1`;
  const debian = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
  const base = [file('etc/os-release', debian('os-release')), file('var/lib/dpkg/status', debian('2-curl.status'))];
  const image = buildImage({ layers: [base, [file('app', 'one')]], compression: 'gzip' });

  /** Runs it until it exits, with the account of the registry. */
  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      const child = spawn(clairctl ?? '', args, {
        cwd: folder.path,
        env: { ...process.env, DOCKER_CONFIG: at('docker'), ...env },
      });
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
  const clair = (...args: readonly string[]): Promise<CommandResult> => run(['-c', 'clair.yaml', ...args]);
  const get = async (path: string): Promise<Response> =>
    fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });

  beforeAll(async () => {
    registry = await startRegistry({ auth: 'token' });
    await registry.pushImage('team/app', '1', image);
    feeds = await startFeedServer();
    feeds.put(`${feed}/json`, readFileSync(join(sampleFeeds, feed, 'json'), 'utf8'));
    const urls = feedSources.map(({ id }) => `    ${id}: ${feeds.url}${id}/\n`).join('');
    writeFileSync(at('clarion.yaml'), `feeds:\n  urls:\n${urls}`);
    mkdirSync(at('docker'));
    const auth = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
    writeFileSync(at('docker/config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    writeFileSync(at('clair.yaml'), `auth:\n  psk:\n    key: ${key}\n    iss: [clairctl]\n`);
    const hosts = ['--allow-host', [registry.host, new URL(feeds.url).host].join(), '--insecure-host', registry.host];
    const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0'];
    const flags = ['--db', at('db'), '--config', at('clarion.yaml'), ...address, ...hosts, '--no-updates'];
    serve = startServiceProcess('cli', { CLARION_CLAIR_PSK: key }, [
      'serve',
      ...flags,
      '--clair-psk-issuers',
      'clairctl',
    ]);
    await serve.line('Started');
    url = /http:\/\/[\d.]+:\d+/.exec(serve.errors())?.[0] ?? '';
    token = readFileSync(at('db/administrator-token'), 'utf8').trim();
  }, 240_000);

  afterAll(async () => {
    serve.kill('SIGTERM');
    const code = await serve.ended;
    await Promise.all([feeds.close(), registry.close()]);
    expect(code).toBe(0);
  }, 120_000);

  it('gets no report while no feed was loaded: the answer is 202', async () => {
    const { stdout } = await clair('report', '--host', url, reference());
    expect(stdout).toMatch(/^app:1 error .* 202/m);
  });

  it('prints the manifest of an image, with addresses that Clarion reads', async () => {
    const { code, stdout } = await clair('manifest', reference());
    expect(code).toBe(0);
    const manifest = JSON.parse(stdout) as { readonly hash: string; readonly layers: readonly Json[] };
    expect([manifest.hash, manifest.layers.length]).toEqual([image.manifestDigest, 2]);
    const answer = await fetch(`${url}/indexer/api/v1/index_report`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: stdout,
    });
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ success: true })]);
  });

  it('reports what the native report has, as text, JSON and XML, also below a prefix', async () => {
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${url}/api/v1/feeds/${feed}/update`, { method: 'POST', headers });
    await until('the feed is loaded', async () => {
      const { status } = await get(`/matcher/api/v1/vulnerability_report/${image.manifestDigest}`);
      return status === 200;
    });
    const { findings } = (await (await get(`/api/v1/images/${image.manifestDigest}/report`)).json()) as {
      readonly findings: readonly { readonly id: string; readonly fixedIn: string | null; readonly package: Json }[];
    };
    expect(findings.length).toBeGreaterThan(0);
    const text = await clair('report', '--host', url, reference());
    expect(text.code).toBe(0);
    const lines = text.stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ +/).join(' '));
    const native = findings.map(
      ({ id, fixedIn, package: { name, version } }) =>
        `app:1 found ${String(name)} ${String(version)} ${id}${fixedIn === null ? '' : ` (fixed: ${fixedIn})`}`,
    );
    expect(lines.sort()).toEqual([...new Set(native)].sort());
    const json = await clair('report', '--host', `${url}/behind/a/`, '-o', 'json', reference());
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ manifest_hash: image.manifestDigest });
    const xml = await clair('report', '--host', url, '-o', 'xml', reference());
    expect(xml).toMatchObject({ code: 0, stdout: expect.stringMatching(/<testsuite .*CVE-2005-2541/s) as string });
  });

  it('does what docs/clair.md says, and deletes the image at the end', async () => {
    const documented = readFileSync(join(root, 'docs/clair.md'), 'utf8');
    const commands = [...documented.matchAll(/^clairctl (.*)$/gm)].map(([, command = '']) =>
      command
        .replace('http://127.0.0.1:6060/', `${url}/`)
        .replace('registry.example/team/app:1', reference())
        .replace(/sha256:\S+/, image.manifestDigest),
    );
    expect(commands.map((command) => command.split(' ')[2])).toEqual(['report', 'manifest', 'delete']);
    const path = `/indexer/api/v1/index_report/${image.manifestDigest}`;
    expect((await get(path)).status).toBe(200);
    for (const command of commands) expect(await run(command.split(' '))).toMatchObject({ code: 0 });
    expect((await get(path)).status).toBe(404);
  });

  it('is rejected without its key', async () => {
    const { code, stderr } = await run(['report', '--host', url, reference()]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/401/) as string]);
  });
});
