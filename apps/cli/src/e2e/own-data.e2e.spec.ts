import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import {
  clarion,
  root,
  sampledFeeds,
  sampleFeeds,
  temporaryFolder,
  type CommandResult,
} from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');

/** A record of own data about the sample's zlib, for which Debian lists CVE-2023-45853 without a fix. */
function record(id: string, affected: object): string {
  return JSON.stringify({ id, affected: [{ package: { ecosystem: 'Debian:12', name: 'zlib' }, ...affected }] });
}

const fixedIn = (version: string): object => ({
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
});

function scan(): Promise<CommandResult> {
  const data = ['--feeds-dir', sampleFeeds, '--db', at('db'), '--config', at('clarion.yaml')];
  return clarion(['scan', at('image.tar'), '--format', 'json', ...data]);
}

/** The findings for zlib: ids with state and fix. */
async function findings(): Promise<readonly string[]> {
  const { stdout } = await scan();
  return (JSON.parse(stdout) as Report).findings
    .filter((finding) => finding.source?.name === 'zlib')
    .map(({ id, state, fixedIn: fix }) => `${id} ${state} ${fix ?? '-'}`)
    .sort();
}

describe('own data', () => {
  beforeAll(() => {
    const layer = [
      file('usr/lib/os-release', fixture('os-release')),
      file('etc/os-release', fixture('os-release')),
      file('var/lib/dpkg/status', fixture('1-base.status')),
    ];
    writeDockerArchive(at('image.tar'), buildImage({ repoTags: ['example/own:1'], layers: [layer] }), { form: 'v1.1' });
    mkdirSync(at('advisories'));
    writeFileSync(at('clarion.yaml'), 'feeds:\n  own:\n    - {id: acme, format: osv, from: advisories}\n');
  });

  it('adds vulnerabilities, changes those of feeds, and is removed with its files', async () => {
    const vendor = await findings();
    expect(vendor).toContain('CVE-2023-45853 will_not_fix -');

    writeFileSync(at('advisories/ACME-1.json'), record('ACME-1', fixedIn('1:99')));
    expect(await findings()).toEqual(['ACME-1 fixed 1:99', ...vendor].sort());

    writeFileSync(at('advisories/ACME-1.json'), record('ACME-1', fixedIn('1:98')));
    expect(await findings()).toEqual(['ACME-1 fixed 1:98', ...vendor].sort());

    rmSync(at('advisories/ACME-1.json'));
    const denied = record('CVE-2023-45853', { database_specific: { state: 'not_affected' } });
    writeFileSync(at('advisories/denied.json'), denied);
    expect(await findings()).toEqual(vendor.filter((line) => !line.startsWith('CVE-2023-45853')));

    rmSync(at('advisories/denied.json'));
    expect(await findings()).toEqual(vendor);
  }, 300_000);

  it.each([
    [
      'an ecosystem',
      { package: { ecosystem: 'Debain:12', name: 'zlib' } },
      'a.json:1:52: ACME-9: unknown ecosystem "Debain:12"; did you mean "debian:12"?',
    ],
    [
      'a release',
      { package: { ecosystem: 'Debian:99', name: 'zlib' }, ...fixedIn('1:99') },
      'ACME-9: unknown ecosystem "Debian:99"; did you mean "debian:9"?',
    ],
    [
      'a severity',
      { ...fixedIn('1:99'), database_specific: { severity: 'HIHG' } },
      'ACME-9: unknown severity "HIHG"; did you mean "HIGH"?',
    ],
    ['a bound', fixedIn('1:9_9'), 'ACME-9: "1:9_9" is not a version of the scheme dpkg'],
  ])(
    'with a mistake stops the scan and the update, which name its location: %s',
    async (_what, affected, message) => {
      writeFileSync(at('advisories/a.json'), record('ACME-9', affected));
      const scanned = await scan();
      expect(scanned).toMatchObject({ code: 1, stdout: '' });
      expect(scanned.stderr).toContain(message);
      expect(scanned.stderr).toMatch(/a\.json:1:\d+: /);
      const updated = await clarion(['update', 'acme', '--db', at('db'), '--config', at('clarion.yaml')]);
      expect(updated).toMatchObject({ code: 1 });
      expect(updated.stderr).toContain(message);
      rmSync(at('advisories/a.json'));
    },
    300_000,
  );

  it('that is skipped is named at every scan', async () => {
    const known = { package: { ecosystem: 'Android', name: 'zlib' }, ...fixedIn('1') };
    writeFileSync(at('advisories/a.json'), record('ACME-9', known));
    for (let time = 0; time < 2; time += 1) {
      const { code, stderr } = await scan();
      expect(code).toBe(0);
      expect(stderr).toContain('acme: ACME-9: Packages of the ecosystem "Android" are not found in images');
    }
    rmSync(at('advisories/a.json'));
  }, 300_000);

  const asOther = process.getuid?.() === 0 ? it.skip : it;
  asOther(
    'in a database that cannot be written is used as stored, and said not to be refreshed',
    async () => {
      writeFileSync(at('advisories/a.json'), record('ACME-1', fixedIn('1:99')));
      const stored = await findings();
      expect(stored).toContain('ACME-1 fixed 1:99');
      writeFileSync(at('advisories/a.json'), record('ACME-2', fixedIn('1:99')));
      chmodSync(at('db/facts.mdb'), 0o444);
      chmodSync(at('db'), 0o555);
      const { code, stderr } = await scan();
      const now = await findings();
      chmodSync(at('db'), 0o755);
      chmodSync(at('db/facts.mdb'), 0o644);
      expect(now).toEqual(stored);
      expect(stderr).toMatch(/db cannot be written: .*acme.* not refreshed, used as stored/);
      expect(code).toBe(0);
      rmSync(at('advisories/a.json'));
    },
    300_000,
  );

  it('of a kind that is not read is named at every scan', async () => {
    writeFileSync(at('advisories/a.yaml'), record('ACME-9', fixedIn('1:99')));
    writeFileSync(at('advisories/b.JSON'), record('ACME-8', fixedIn('1:99')));
    for (let time = 0; time < 2; time += 1) {
      expect((await scan()).stderr).toContain('warning: acme: a.yaml: files of this kind are not read; name it .json');
      expect(await findings()).toContain('ACME-8 fixed 1:99');
    }
    rmSync(at('advisories/a.yaml'));
    rmSync(at('advisories/b.JSON'));
    expect((await scan()).stderr).not.toContain('not read');
  }, 300_000);

  it('of a missing file stops the scan, also where it existed before', async () => {
    const all = readFileSync(at('clarion.yaml'), 'utf8');
    writeFileSync(at('clarion.yaml'), all.replace('from: advisories', 'from: ./one.json'));
    const refused = async (): Promise<void> => {
      const { code, stdout, stderr } = await scan();
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('Own data acme cannot be used: Document one.json is not there; mend or remove it');
    };
    await refused();
    writeFileSync(at('one.json'), record('ACME-1', fixedIn('1:99')));
    expect(await findings()).toContain('ACME-1 fixed 1:99');
    rmSync(at('one.json'));
    await refused();
    writeFileSync(at('clarion.yaml'), all);
  }, 300_000);

  it('of an address that has no such file fails the update, and the scan while it was never loaded', async () => {
    const files = new Map<string, string>();
    const server = createServer(({ url = '' }, answer) => {
      const text = files.get(url);
      answer.writeHead(text === undefined ? 404 : 200).end(text);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const own = `{id: acme, format: osv, from: "http://127.0.0.1:${port}/one.json"}`;
    writeFileSync(at('address.yaml'), `feeds:\n  own:\n    - ${own}\n`);
    const data = ['--db', at('address-db'), '--config', at('address.yaml')];
    const update = (): Promise<CommandResult> => clarion(['update', 'acme', ...data]);
    const missing = { code: 1, stderr: expect.stringContaining('Document one.json is not there') as string };
    try {
      expect(await update()).toMatchObject(missing);
      await clarion(['update', ...sampledFeeds, '--from', sampleFeeds, ...data]);
      const scanned = await clarion(['scan', at('image.tar'), '--offline', ...data]);
      expect(scanned).toMatchObject({ code: 4, stdout: '' });
      expect(scanned.stderr).toContain('acme was never loaded');
      files.set('/one.json', record('ACME-1', fixedIn('1:99')));
      expect(await update()).toMatchObject({ code: 0 });
      files.clear();
      expect(await update()).toMatchObject(missing);
    } finally {
      server.close();
    }
  }, 300_000);

  it('is checked before any work is done', async () => {
    writeFileSync(at('clarion.yaml'), 'feeds:\n  own:\n    - {id: acme, format: csv, from: advisories}\n');
    const result = await scan();
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('feeds.own[0].format is not a format');
  });
});
