import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import {
  buildImage,
  bundleApps,
  canStartRegistry,
  type FeedServer,
  file,
  type RunningRegistry,
  type ServiceProcess,
  startFeedServer,
  startRegistry,
  startServiceProcess,
  until,
} from '@clarion/test-kit';
import { root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const feed = 'debian-security-tracker';
const reportType = 'application/vnd.security.vulnerability.report; version=1.1';
/** Harbor gives each call so long. */
const callMillis = 5000;

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const sample = (path: string): string => readFileSync(join(root, 'tools/sample', path), 'utf8');

interface HarborReport {
  readonly vulnerabilities: readonly { readonly id: string; readonly package: string; readonly fix_version: string }[];
}

(canStartRegistry() ? describe : describe.skip)('Harbor scans with serve (needs docker-registry and openssl)', () => {
  const base = [
    file('etc/os-release', sample('images/debian/os-release')),
    file('var/lib/dpkg/status', sample('images/debian/2-curl.status')),
  ];
  const image = buildImage({ layers: [base, [file('app', 'one')]], compression: 'gzip' });
  const other = buildImage({ layers: [base, [file('app', 'two')]], compression: 'gzip' });
  let tokens: RunningRegistry;
  let basic: RunningRegistry;
  let feeds: FeedServer;
  let serve: ServiceProcess;
  let url = '';
  let token = '';

  async function start(): Promise<void> {
    // The registries, the issuer of tokens, and the feeds.
    const allowed = ['--allow-host', '127.0.0.1', '--insecure-host', '127.0.0.1'];
    const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0'];
    serve = startServiceProcess('cli', {}, [
      ...['serve', '--db', at('db'), '--config', at('clarion.yaml'), '--no-updates'],
      ...[...address, ...allowed],
    ]);
    await serve.line('Started');
    url = /http:\/\/[\d.]+:\d+/.exec(serve.errors())?.[0] ?? '';
    token = readFileSync(at('db/administrator-token'), 'utf8').trim();
  }

  async function stop(): Promise<void> {
    serve.kill('SIGTERM');
    expect(await serve.ended).toBe(0);
  }

  beforeAll(async () => {
    bundleApps('cli');
    [tokens, basic, feeds] = await Promise.all([
      startRegistry({ auth: 'token' }),
      startRegistry({ auth: 'htpasswd' }),
      startFeedServer(),
    ]);
    await tokens.pushImage('library/app', '1', image);
    await basic.pushImage('library/app', '1', image);
    await basic.pushImage('library/other', '1', other);
    feeds.put(`${feed}/json`, readFileSync(join(sampleFeeds, feed, 'json'), 'utf8'));
    const urls = feedSources.map(({ id }) => `    ${id}: ${feeds.url}${id}/\n`).join('');
    writeFileSync(at('clarion.yaml'), `feeds:\n  urls:\n${urls}`);
    await start();
  }, 240_000);

  afterAll(async () => {
    await stop();
    await Promise.all([feeds.close(), tokens.close(), basic.close()]);
  }, 120_000);

  /** As Harbor's client: a time limit for each call, and no redirects. */
  const call = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}/harbor/api/v1${path}`, {
      ...init,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
      signal: AbortSignal.timeout(callMillis),
    });

  function scanJson(
    registry: RunningRegistry,
    { password = registry.password, of = image, repository = 'library/app' } = {},
  ) {
    const account = Buffer.from(`${registry.username}:${password}`).toString('base64');
    return {
      registry: { url: `http://${registry.host}`, authorization: `Basic ${account}`, insecure: true },
      artifact: {
        ...{ namespace_id: 1, repository, tag: '1', digest: of.manifestDigest, size: 100 },
        mime_type: 'application/vnd.docker.distribution.manifest.v2+json',
      },
      enabled_capabilities: [{ type: 'vulnerability', produces_mime_types: [reportType], parameters: null }],
    };
  }

  async function submit(body: object): Promise<string> {
    const headers = { 'content-type': 'application/vnd.scanner.adapter.scan.request+json; version=1.0' };
    const answer = await call('/scan', { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { readonly id: string }).id;
  }

  const poll = (id: string, accept = reportType, query = ''): Promise<Response> =>
    call(`/scan/${id}/report${query}`, { headers: { accept } });

  async function ended(id: string): Promise<Response> {
    await until('the scan has ended', async () => (await poll(id)).status !== 302);
    return poll(id);
  }

  it('fails while no feed was loaded, and says so', async () => {
    const answer = await ended(await submit(scanJson(tokens)));
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as { error: { message: string } }).error.message).toContain('debian');
  });

  it('reports what the native report has, for a robot account at a registry with tokens', async () => {
    const headers = { authorization: `Bearer ${token}` };
    await fetch(`${url}/api/v1/feeds/${feed}/update`, { method: 'POST', headers });
    const id = await submit(scanJson(tokens));
    await until('there is a report', async () => (await poll(id)).status === 200);
    const { vulnerabilities } = (await (await poll(id)).json()) as HarborReport;
    const native = await fetch(`${url}/api/v1/images/${image.manifestDigest}/report`, { headers });
    const { findings } = (await native.json()) as {
      findings: readonly { id: string; fixedIn: string | null; package: { name: string } }[];
    };
    const expected = findings.map(({ id: of, fixedIn, package: { name } }) => `${of} ${name} ${fixedIn ?? ''}`);
    const found = vulnerabilities.map(({ id: of, package: name, fix_version: fixed }) => `${of} ${name} ${fixed}`);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set(expected));
    expect(tokens.tokenRequests.length).toBeGreaterThan(0);
  });

  it('pulls nothing for an image that is known, also from another repository and with an account that is gone', async () => {
    const asked = tokens.tokenRequests.length;
    for (const registry of [tokens, basic]) {
      const answer = await ended(await submit(scanJson(registry, { password: 'deleted' })));
      expect(answer.status).toBe(200);
    }
    expect(tokens.tokenRequests).toHaveLength(asked);
  });

  it('says that an account may not pull', async () => {
    const lost = { password: 'wrong', of: other, repository: 'library/other' };
    const answer = await ended(await submit(scanJson(basic, lost)));
    expect(answer.status).toBe(500);
    const { error } = (await answer.json()) as { readonly error: { readonly message: string } };
    expect(error.message).toMatch(/credentials/);
    expect(error.message).not.toContain('wrong');
  });

  it('reads an image with a basic account, and its id is valid after a restart', async () => {
    const id = await submit(scanJson(basic, { of: other, repository: 'library/other' }));
    expect((await ended(id)).status).toBe(200);
    await stop();
    await start();
    expect((await poll(id)).status).toBe(200);
  });

  it('logs no credential', () => {
    const log = JSON.stringify(serve.lines) + serve.errors();
    for (const { password, username } of [tokens, basic]) {
      expect(log).not.toContain(password);
      expect(log).not.toContain(Buffer.from(`${username}:${password}`).toString('base64'));
    }
  });

  it('does what docs/harbor.md says', async () => {
    const documented = readFileSync(join(root, 'docs/harbor.md'), 'utf8');
    const [json = '', commands = ''] = [/```json\n(.*?)```/s, /```sh\n(api=.*?)```/s].map(
      (block) => block.exec(documented)?.[1],
    );
    const { registry, artifact } = JSON.parse(json) as ReturnType<typeof scanJson>;
    const sent = scanJson(tokens);
    expect(Object.keys(artifact).every((name) => name in sent.artifact)).toBe(true);
    const scan = {
      registry: { ...registry, ...sent.registry },
      artifact: { ...artifact, digest: image.manifestDigest },
    };
    writeFileSync(at('scan.json'), JSON.stringify(scan));
    const script = commands.replace('http://127.0.0.1:6060', url);
    const child = spawn('bash', ['-e', '-c', script], { cwd: folder.path, env: { ...process.env, TOKEN: token } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(output).toMatch(/^\{"scanner".*\}200$/s);
    expect(JSON.parse(readFileSync(at('report.json'), 'utf8'))).toMatchObject({
      artifact: { repository: 'library/app' },
    });
    expect(JSON.parse(readFileSync(at('sbom.json'), 'utf8'))).toMatchObject({ sbom: { bomFormat: 'CycloneDX' } });
  });
});
