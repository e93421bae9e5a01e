import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from '@clarion/model';
import { apiClient, buildImage, file, startServiceProcess, writeDockerArchive } from '@clarion/test-kit';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { clarion, root, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

const example = join(root, 'examples', 'own-detector');
const python = pythonWith(join(example, 'requirements.txt'));

/**
 * The Python of an environment with these packages; where that is not possible, a line reports why, and in CI that is
 * an error.
 */
function pythonWith(requirements: string): string | undefined {
  const setup = join(root, 'tools', 'setup', 'python-environment.mjs');
  const done = spawnSync(process.execPath, [setup, requirements], { encoding: 'utf8' });
  if (done.status === 0) return done.stdout.trim();
  if (!['', 'false', '0'].includes(process.env['CI'] ?? '')) throw new Error(done.stderr);
  process.stderr.write(`${done.stderr.trim()}: the detector in Python is not run\n`);
  return undefined;
}

/** Starts the example; resolves to its address. */
async function startDetector(): Promise<{ readonly address: string; readonly process: ChildProcess }> {
  const args = [join(example, 'detector.py'), '--listen', '127.0.0.1:0'];
  const process = spawn(python ?? '', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: process.stdout })) {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return { address, process };
  }
  throw new Error('The example ended before it listened');
}

const advisory = {
  id: 'ACME-2024-2',
  affected: [
    {
      package: { ecosystem: 'x-acme', name: 'agent' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1.post3' }] }],
      database_specific: { version_scheme: 'pep440', severity: 'HIGH' },
    },
  ],
};

(python === undefined ? describe.skip : describe)('the detector of docs/own-detectors.md', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder.path, name);
  let detector: Awaited<ReturnType<typeof startDetector>>;

  beforeAll(async () => {
    const layer = [
      file('opt/agent/VERSION', '2.1.post2\n'),
      file('opt/other/VERSION', '1.0\n'),
      file('opt/broken/VERSION', 'no version at all'),
    ];
    writeDockerArchive(at('image.tar'), buildImage({ repoTags: ['acme/app:1'], layers: [layer] }), { form: 'v1.1' });
    mkdirSync(at('advisories'));
    writeFileSync(at('advisories/one.json'), JSON.stringify(advisory));
    configure('');
    detector = await startDetector();
  });
  afterAll(async () => {
    const ended = once(detector.process, 'exit');
    detector.process.kill('SIGTERM');
    await ended;
    folder.remove();
  });

  function configure(covers: string): void {
    const own = `{id: acme, format: osv, from: advisories${covers}}`;
    writeFileSync(at('clarion.yaml'), `feeds:\n  own:\n    - ${own}\n`);
  }

  function run(command: string, ...args: readonly string[]): Promise<CommandResult> {
    const data = ['--db', at('db'), ...(command === 'scan' ? ['--offline', '--config', at('clarion.yaml')] : [])];
    return clarion([command, at('image.tar'), '--detectors', detector.address, ...data, ...args]);
  }

  it('finds packages that are listed, also in an SBOM', async () => {
    const { packages } = JSON.parse((await run('packages', '--format', 'json')).stdout) as Report;
    expect(packages.map(({ type, namespace, name, version }) => [type, namespace, name, version])).toEqual([
      ['x-acme', 'x-acme', 'agent', '2.1.post2'],
      ['x-acme', 'x-acme', 'other', '1.0'],
    ]);
    const { stdout } = await run('packages', '--format', 'cyclonedx');
    const { components } = JSON.parse(stdout) as { readonly components: readonly { readonly purl?: string }[] };
    expect(components.map(({ purl }) => purl)).toContain('pkg:generic/x-acme/agent@2.1.post2');
  });

  it('and own advisories match them; uncovered and unreadable parts are reported', async () => {
    const { code, stdout } = await run('scan', '--format', 'json');
    const report = JSON.parse(stdout) as Report;
    expect(report.findings).toMatchObject([
      { id: 'ACME-2024-2', severity: 'High', fixedIn: '2.1.post3', package: { name: 'agent', namespace: 'x-acme' } },
    ]);
    expect(report.coverage.uncovered.map(({ package: name, reason }) => `${name}: ${reason}`)).toEqual([
      'agent: no feed covers x-acme',
      'other: no feed covers x-acme',
    ]);
    expect(report.problems).toMatchObject([{ path: 'opt/broken/VERSION', code: 'bad-record' }]);
    expect(code).toBe(3);
    const schema = JSON.parse(readFileSync(join(root, 'docs/schemas/report-v1.json'), 'utf8')) as object;
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);
    expect(ajv.compile(schema)(report)).toBe(true);
    expect((await run('scan', '--fail-on', 'High')).code).toBe(2);
  });

  it('are covered where own data declares it', async () => {
    configure(', covers: [x-acme]');
    const { coverage } = JSON.parse((await run('scan', '--format', 'json')).stdout) as Report;
    expect(coverage.uncovered).toEqual([]);
    expect(coverage.namespaces).toMatchObject([{ id: 'x-acme', feeds: ['acme'] }]);
  });

  it('serve uses it too', async () => {
    const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates'];
    const service = startServiceProcess('cli', { CLARION_DETECTORS: detector.address }, [
      ...['serve', '--db', at('served'), ...address],
    ]);
    try {
      await service.line('Started');
      const url = /http:\/\/[\d.]+:\d+/.exec(service.errors())?.[0] ?? '';
      const token = readFileSync(at('served/administrator-token'), 'utf8').trim();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-tar' };
      const body = readFileSync(at('image.tar'));
      const uploaded = await fetch(`${url}/api/v1/images`, { method: 'POST', headers, body });
      const { digest } = (await uploaded.json()) as { readonly digest: string };
      const packages = await apiClient(url, token).call('GET', `/images/${digest}/packages`);
      expect(packages.json.items).toMatchObject([
        { type: 'x-acme', name: 'agent' },
        { type: 'x-acme', name: 'other' },
      ]);
    } finally {
      service.kill('SIGTERM');
    }
    expect(await service.ended).toBe(0);
  });
});
