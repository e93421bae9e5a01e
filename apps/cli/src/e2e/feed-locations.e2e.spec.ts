import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Report } from '@clarion/model';
import { buildImage, file, startFeedServer, writeDockerArchive, type FeedServer } from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// Data is valid only for the location it comes from: a mirror of one configuration does not affect another one with the
// same cache.

const folder = temporaryFolder();
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const put = (path: string, content: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};
const tracker = 'debian-security-tracker';
const trackerFile = readFileSync(join(sampleFeeds, tracker, 'json'), 'utf8');

/** The tracker with everything marked as never affected. */
function doctored(): string {
  type Releases = Record<string, { status: string; fixed_version: string }>;
  const all = JSON.parse(trackerFile) as Record<string, Record<string, { releases: Releases }>>;
  for (const flaws of Object.values(all)) {
    for (const { releases } of Object.values(flaws)) {
      for (const one of Object.values(releases)) Object.assign(one, { status: 'resolved', fixed_version: '0' });
    }
  }
  return JSON.stringify(all);
}

let server: FeedServer;
beforeAll(async () => {
  const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
  const layer = [file('etc/os-release', fixture('os-release')), file('var/lib/dpkg/status', fixture('1-base.status'))];
  writeDockerArchive(at('image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
  cpSync(sampleFeeds, at('mirror'), { recursive: true });
  cpSync(sampleFeeds, at('doctored'), { recursive: true });
  put(at('doctored', tracker, 'json'), doctored());
  server = await startFeedServer();
  server.put(`${tracker}/json`, Buffer.from(trackerFile));
  put(at('plain.yaml'), 'feeds: {}\n');
  put(at('project/clarion.yaml'), `feeds:\n  urls:\n    ${tracker}: ../doctored/${tracker}\n`);
  const only = `  disable: [nvd, epss, cisa-kev]\n`;
  put(at('served.yaml'), `feeds:\n${only}  urls:\n    ${tracker}: ${server.url}${tracker}/\n`);
});

afterAll(async () => {
  await server.close();
  folder.remove();
});

const run = (db: string, config: string, ...args: readonly string[]): Promise<CommandResult> =>
  clarion([...args, '--db', at(db), '--config', at(config)]);
const scan = (db: string, config: string, ...more: readonly string[]): Promise<CommandResult> =>
  run(db, config, 'scan', at('image.tar'), '--format', 'json', ...more);
const update = (db: string, config: string, ...more: readonly string[]): Promise<CommandResult> =>
  run(db, config, 'update', tracker, ...more);
const findings = ({ stdout }: CommandResult): number => (JSON.parse(stdout) as Report).findings.length;

describe('a mirror that a configuration names', () => {
  it('affects nothing elsewhere on the same cache, in either order', async () => {
    expect((await update('first', 'plain.yaml', '--from', at('mirror'))).code).toBe(0);
    const before = await scan('first', 'plain.yaml', '--offline');
    expect([before.code, findings(before) > 0]).toEqual([0, true]);

    expect((await update('first', 'project/clarion.yaml')).code).toBe(0);
    const project = await scan('first', 'project/clarion.yaml', '--offline');
    expect([project.code, findings(project)]).toEqual([0, 0]);
    expect((await scan('first', 'plain.yaml', '--offline')).stdout).toBe(before.stdout);

    await update('first', 'plain.yaml', '--from', at('mirror'));
    expect((await scan('first', 'project/clarion.yaml', '--offline')).stdout).toBe(project.stdout);
  }, 120_000);

  it('does not count as loaded elsewhere, and the message names both locations', async () => {
    expect((await update('second', 'project/clarion.yaml')).code).toBe(0);
    const result = await scan('second', 'plain.yaml', '--offline');
    expect([result.code, result.stdout]).toEqual([4, '']);
    const locations = `never loaded from https://security-tracker.debian.org/tracker/data/ (only from file://${at('doctored', tracker)}/)`;
    expect(result.stderr).toContain(locations);
    expect(result.stderr).toContain(`run clarion update ${tracker} `);
    const status = await run('second', 'plain.yaml', 'db', 'status');
    expect(status.stdout).toMatch(new RegExp(`^${tracker} +\\w+ +never`, 'm'));
    expect(status.stdout.replace(/\s+/g, ' ')).toContain(`file://${at('doctored', tracker)}/ is not used`);
  }, 120_000);

  it('is loaded, however fresh the data of another location is', async () => {
    await update('third', 'plain.yaml', '--from', at('mirror'));
    await run('third', 'plain.yaml', 'scan', at('image.tar'), '--feeds-dir', at('doctored'));
    server.arrived.length = 0;
    const result = await scan('third', 'served.yaml', '--allow-unrated');
    expect(server.arrived).toEqual([`${tracker}/json`]);
    expect(findings(result)).toBeGreaterThan(0);
  }, 120_000);

  it('survives db prune while it is used', async () => {
    await run('second', 'plain.yaml', 'db', 'prune', '--unused-for', '1d');
    expect((await scan('second', 'project/clarion.yaml', '--offline')).code).toBe(0);
    const pruned = await run('second', 'plain.yaml', 'db', 'prune', '--unused-for', '0m');
    expect(pruned.stdout).toContain('1 feeds');
  }, 120_000);
});

describe('scan --feeds-dir', () => {
  it('is bound to its folder: a later scan without it has the data that it would have had', async () => {
    const doctoredScan = await scan('fourth', 'plain.yaml', '--feeds-dir', at('doctored'));
    expect([doctoredScan.code, findings(doctoredScan)]).toEqual([0, 0]);
    const cold = await scan('fourth', 'plain.yaml', '--offline');
    expect([cold.code, cold.stdout]).toEqual([4, '']);
    const good = await scan('fourth', 'plain.yaml', '--feeds-dir', at('mirror'));
    expect(findings(good)).toBeGreaterThan(0);
    await run('fourth', 'plain.yaml', 'update', '--from', at('mirror'), tracker, 'nvd', 'cisa-kev');
    const warm = await scan('fourth', 'plain.yaml', '--offline');
    expect([warm.code, findings(warm)]).toEqual([0, findings(good)]);
    expect((await scan('fourth', 'plain.yaml', '--feeds-dir', at('doctored'))).stdout).toBe(doctoredScan.stdout);
  }, 120_000);

  it('is what explain --feeds-dir explains with', async () => {
    const [id = ''] = (JSON.parse((await scan('fourth', 'plain.yaml', '--offline')).stdout) as Report).findings.map(
      (finding) => finding.id,
    );
    const explain = (dir: string): Promise<CommandResult> =>
      run('fourth', 'plain.yaml', 'explain', at('image.tar'), id, '--feeds-dir', at(dir));
    expect((await explain('mirror')).stdout).toMatch(/^ {2}affected/m);
    expect((await explain('doctored')).stdout).not.toMatch(/^ {2}affected/m);
    cpSync(at('mirror'), at('unread'), { recursive: true });
    const unread = await explain('unread');
    expect([unread.code, unread.stderr]).toEqual([
      4,
      expect.stringContaining(`run clarion scan with --feeds-dir ${at('unread')} first`),
    ]);
  }, 120_000);
});

describe('what --feeds-dir lacks', () => {
  it('has to be added there: the message does not mention the network', async () => {
    put(at('own.yaml'), 'feeds:\n  own:\n    - {id: acme, format: osv, from: https://acme.example/osv/}\n');
    const result = await scan('seventh', 'own.yaml', '--feeds-dir', at('mirror'));
    expect([result.code, result.stdout]).toEqual([4, '']);
    expect(result.stderr).toContain(
      `There is no own data: acme was never loaded; put what clarion feeds --layout names for acme into ${at('mirror')}`,
    );
    expect(result.stderr).not.toMatch(/advisory data for|where the network/);
  }, 60_000);

  it('can be accepted when it is much', async () => {
    const all = JSON.parse(trackerFile) as Record<string, object>;
    const [name = ''] = Object.keys(all);
    put(at('shrunk', tracker, 'json'), trackerFile);
    const shrunk = (...more: readonly string[]): Promise<CommandResult> =>
      update('eighth', 'plain.yaml', '--feeds-dir', at('shrunk'), ...more);
    expect((await shrunk()).code).toBe(0);
    put(at('shrunk', tracker, 'json'), JSON.stringify({ [name]: all[name] }));
    const shrank = await shrunk();
    expect(shrank.code).toBe(1);
    expect(shrank.stderr).toContain(`accept it with clarion update ${tracker} --force, and the --from or --feeds-dir`);
    expect((await shrunk('--force')).code).toBe(0);
    const scanned = await scan('eighth', 'plain.yaml', '--feeds-dir', at('shrunk'));
    expect(scanned.stderr).not.toContain(`${tracker} was not updated`);
    expect((await scan('eighth', 'plain.yaml', '--offline')).code).toBe(4);
  }, 120_000);
});

describe('a bundle', () => {
  it('is data of the importer, wherever the exporter got it from', async () => {
    put(at('sound/clarion.yaml'), `feeds:\n  urls:\n    ${tracker}: ../mirror/${tracker}\n`);
    await update('fifth', 'sound/clarion.yaml');
    const exported = await run('fifth', 'sound/clarion.yaml', 'db', 'export', at('facts.gz'));
    expect(exported.code).toBe(0);
    const wanted = findings(await scan('fifth', 'sound/clarion.yaml', '--offline'));
    for (const config of ['plain.yaml', 'served.yaml']) {
      const imported = await run(`sixth ${config}`, config, 'db', 'import', at('facts.gz'));
      expect(imported.code).toBe(0);
      const result = await scan(`sixth ${config}`, config, '--offline');
      expect([result.code, findings(result)]).toEqual([0, wanted]);
    }
  }, 120_000);
});
