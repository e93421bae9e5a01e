import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import type { Report } from '@clarion/model';
import { buildImage, buildZip, file, writeDockerArchive } from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// The same image with the same configuration has the same report and exit code, whatever else the cache holds.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const put = (path: string, content: string | Buffer): void => {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
};

/** Feeds for a Debian image besides the tracker itself, by role. */
const describing = ['cisa-kev', 'epss', 'nvd'];
const ofDebian = ['debian-security-tracker', ...describing];
/** Two CVEs of the sample that Debian does not rate. */
const [rated, unrated] = ['CVE-2024-33599', 'CVE-2023-6246'];

function nvdYear(id: string, vector: string): string {
  const metrics = { cvssMetricV31: [{ source: 'nvd@nist.gov', type: 'Primary', cvssData: { vectorString: vector } }] };
  const cve = { id, vulnStatus: 'Analyzed', descriptions: [{ lang: 'en', value: 'A flaw.' }], metrics };
  return JSON.stringify({ totalResults: 1, vulnerabilities: [{ cve }] });
}

/** A record that rates a CVE of the sample as critical, but in another ecosystem, so it does not apply to Debian. */
function gitHubRecord(cve: string): { readonly name: string; readonly content: string } {
  const id = 'GHSA-aaaa-bbbb-cccc';
  const affected = [{ package: { ecosystem: 'PyPI', name: 'glibc' }, versions: ['1.0'] }];
  const severity = [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }];
  const rating = { severity, database_specific: { severity: 'CRITICAL' } };
  return { name: `${id}.json`, content: JSON.stringify({ id, aliases: [cve], summary: 'x', affected, ...rating }) };
}

/** A mirror of all feeds of this build, made from their test data; the feeds that the image needs are as given. */
function writeMirror(path: string): void {
  for (const { id } of feedSources) {
    cpSync(join(root, 'libs/plugins/feed-sources/src', id, 'testdata/input'), join(path, id), { recursive: true });
  }
  rmSync(join(path, 'debian-security-tracker'), { recursive: true });
  cpSync(join(sampleFeeds, 'debian-security-tracker'), join(path, 'debian-security-tracker'), { recursive: true });
  rmSync(join(path, 'nvd'), { recursive: true });
  put(join(path, 'nvd/nvdcve-2.0-2024.json'), nvdYear(rated, 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H'));
  put(join(path, 'osv/PyPI/all.zip'), buildZip([gitHubRecord(unrated)]));
}

beforeAll(() => {
  const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
  const layer = [file('etc/os-release', fixture('os-release')), file('var/lib/dpkg/status', fixture('1-base.status'))];
  writeDockerArchive(at('image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
  writeMirror(at('mirror'));
  put(at('plain.yaml'), 'feeds: {}\n');
});

interface Scan {
  readonly db: string;
  readonly mirror?: string;
  readonly config?: string;
  readonly more?: readonly string[];
}

function scan({ db, mirror = 'mirror', config = 'plain.yaml', more = [] }: Scan): Promise<CommandResult> {
  const feeds = mirror === '' ? ['--offline'] : ['--feeds-dir', at(mirror)];
  const args = ['scan', at('image.tar'), '--db', at(db), '--config', at(config), '--format', 'json', ...feeds, ...more];
  return clarion(args);
}

const update = (db: string, ...feeds: readonly string[]): Promise<CommandResult> =>
  clarion(['update', '--from', at('mirror'), '--db', at(db), '--config', at('plain.yaml'), ...feeds]);
const reportOf = ({ stdout }: CommandResult): Report => JSON.parse(stdout) as Report;

describe('the same image and configuration', () => {
  it('have the same report on a fresh cache and on one full of other feeds, in either order', async () => {
    const cold = await scan({ db: 'cold', more: ['--fail-on', 'High'] });
    expect(cold.code).toBe(2);
    const report = reportOf(cold);
    expect(report.coverage.feeds.map(({ id }) => id)).toEqual([...ofDebian].sort());
    expect(report.coverage.feeds.every(({ revision }) => /^[0-9a-f]{32}$/.test(revision ?? ''))).toBe(true);
    const severityOf = (id: string): string | undefined => report.findings.find((one) => one.id === id)?.severity;
    expect([severityOf(rated), severityOf(unrated)]).toEqual(['High', 'Unknown']);

    const others = feedSources.map(({ id }) => id).filter((id) => !ofDebian.includes(id));
    for (const result of [await update('cold', ...others), await update('warm', ...others)]) {
      expect(result.stderr).not.toContain('was not updated');
      expect(result.code).toBe(0);
    }
    for (const db of ['cold', 'warm']) {
      const warm = await scan({ db, more: ['--fail-on', 'High'] });
      expect([warm.stdout === cold.stdout, warm.code]).toEqual([true, cold.code]);
    }
  }, 300_000);

  it('name other revisions after other data', async () => {
    const before = reportOf(await scan({ db: 'cold' })).coverage.feeds;
    put(at('mirror/nvd/nvdcve-2.0-2024.json'), nvdYear(rated, 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'));
    const after = reportOf(await scan({ db: 'cold' })).coverage.feeds;
    const changed = after.filter(({ revision }, index) => revision !== before[index]?.revision).map(({ id }) => id);
    expect(changed).toEqual(['nvd']);
  }, 120_000);
});

describe('a gate by severity', () => {
  it('cannot evaluate findings whose severities were never loaded, and names the remedy', async () => {
    cpSync(at('mirror/debian-security-tracker'), at('unrated/debian-security-tracker'), { recursive: true });
    const failOn = ['--fail-on', 'Critical'];
    const plain = await scan({ db: 'gate', mirror: 'unrated' });
    expect(plain.code).toBe(0);
    for (const feed of describing) expect(plain.stderr).toContain(`${feed} was not updated: ${feed} was never loaded`);
    const open = await scan({ db: 'gate', mirror: 'unrated', more: failOn });
    expect(open.code).toBe(4);
    expect(open.stderr).toMatch(
      /findings have no severity, and --fail-on Critical cannot evaluate them: nvd was never loaded or is stale; put what clarion feeds --layout names for it into /,
    );
    expect(reportOf(open).coverage.feeds).toContainEqual({
      ...{ id: 'nvd', role: 'severities', updatedAt: null, revision: null, stale: false },
    });
    await update('gate', 'debian-security-tracker');
    const offline = await scan({ db: 'gate', mirror: '', more: failOn });
    expect([offline.code, offline.stderr]).toEqual([4, expect.stringContaining('cannot evaluate them: nvd')]);

    const partial = await update('gate', 'nvd');
    expect(partial.code).toBe(0);
    expect(partial.stderr).toMatch(/warning: nvd is partial: \d\d documents are not there \(nvdcve-2\.0-2002\.json, /);
    expect((await clarion(['db', 'status', '--db', at('gate')])).stdout).toMatch(/^nvd +partial /m);
    const lacking = await scan({ db: 'gate', mirror: '', more: failOn });
    expect(lacking.code).toBe(4);
    expect(lacking.stderr).toMatch(
      /cannot evaluate them: nvd was loaded without .*nvdcve-2\.0-2023\.json.* update nvd/,
    );

    for (let year = 2002; year <= new Date().getUTCFullYear(); year += 1) {
      const name = at(`mirror/nvd/nvdcve-2.0-${year}.json`);
      if (!existsSync(name)) put(name, nvdYear(`CVE-${year}-0001`, 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'));
    }
    await update('gate', 'nvd');
    const gated = await scan({ db: 'gate', mirror: '', more: failOn });
    expect(gated.code).toBe(0);
    // NVD was loaded, and does not rate them either.
    expect(gated.stderr).toMatch(/findings have no severity, and pass --fail-on Critical/);
  }, 120_000);

  it('cannot evaluate findings when all rating feeds are disabled, and names the remedy; also when quiet', async () => {
    put(at('without.yaml'), 'feeds:\n  disable: [nvd]\n');
    const without = (...more: readonly string[]): Promise<CommandResult> =>
      scan({ db: 'gate', mirror: '', config: 'without.yaml', more });
    const open = await without('--fail-on', 'Critical');
    expect(open.code).toBe(4);
    expect(open.stderr).toMatch(
      /cannot evaluate them: nvd is switched off; take it out of feeds\.disable, or say --allow-unrated/,
    );
    expect(await without('--fail-on', 'Critical', '--quiet')).toMatchObject({
      code: 4,
      stdout: open.stdout,
      stderr: '',
    });
    expect((await without()).code).toBe(0);

    const result = await without('--fail-on', 'Critical', '--allow-unrated');
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/findings have no severity, and pass --fail-on Critical \(--allow-unrated\)/);
    expect(reportOf(result).coverage.feeds.map(({ id }) => id)).not.toContain('nvd');
    expect(
      reportOf(result).findings.filter(({ severities }) => severities.some(({ source }) => source === 'nvd')),
    ).toEqual([]);
  }, 60_000);

  it('has nothing to evaluate without the advisories of the distribution', async () => {
    await update('empty', 'nvd', 'epss');
    const result = await scan({ db: 'empty', mirror: '' });
    expect([result.code, result.stdout]).toEqual([4, '']);
    expect(result.stderr).toMatch(
      /debian-security-tracker was never loaded; run clarion update debian-security-tracker/,
    );
  }, 60_000);
});

describe('own data', () => {
  const ownRecord = (id: string, entry: object): string =>
    JSON.stringify({ id, affected: [{ package: { ecosystem: 'debian:12', name: 'glibc' }, ...entry }] });
  const denial = ownRecord(unrated, { database_specific: { state: 'not_affected' } });
  const own = (id: string): string =>
    `feeds:\n  disable: [nvd]\n  own:\n    - {id: ${id}, format: osv, from: advisories}\n`;
  const ids = (result: CommandResult): readonly string[] => reportOf(result).findings.map(({ id }) => id);

  it('of one project always counts for it, and not for another one with the same cache', async () => {
    put(at('a/clarion.yaml'), own('acme'));
    put(at('a/advisories/denial.json'), denial);
    put(at('b/clarion.yaml'), own('acme'));
    put(
      at('b/advisories/other.json'),
      ownRecord('ACME-1', { database_specific: { state: 'affected', severity: 'HIGH' } }),
    );
    const vendor = await scan({ db: 'shared', config: 'without.yaml' });
    expect(reportOf(vendor).suppressed).toEqual({ findings: 0, sources: [] });
    const expected = ids(vendor);
    const hidden = expected.filter((id) => id === unrated).length;
    expect(hidden).toBeGreaterThan(0);

    for (let round = 0; round < 2; round += 1) {
      const a = await scan({ db: 'shared', config: 'a/clarion.yaml' });
      expect(ids(a)).toEqual(expected.filter((id) => id !== unrated));
      expect(reportOf(a).suppressed).toEqual({
        findings: hidden,
        sources: [{ kind: 'own-data', id: 'acme', findings: hidden }],
      });
      const b = await scan({ db: 'shared', config: 'b/clarion.yaml' });
      expect(ids(b).filter((id) => id !== 'ACME-1')).toEqual(expected);
      expect(ids(b)).toContain('ACME-1');
      expect(reportOf(b).findings.find(({ id }) => id === 'ACME-1')?.statements[0]?.feed).toBe('acme');
      expect((await scan({ db: 'shared', config: 'without.yaml' })).stdout).toBe(vendor.stdout);
    }
  }, 300_000);

  it('is shown in the table as well, and in the list of feeds by its name', async () => {
    const db = ['--db', at('shared'), '--config', at('a/clarion.yaml')];
    const table = await clarion(['scan', at('image.tar'), '--feeds-dir', at('mirror'), ...db]);
    expect(table.stdout).toMatch(/\d+ findings? suppressed by own data: acme \d+\./);
    expect((await clarion(['db', 'status', ...db])).stdout).toMatch(/^acme {2,}/m);
    const mirror = ['--feeds-dir', at('mirror')];
    const explained = await clarion(['explain', at('image.tar'), unrated, ...mirror, ...db]);
    expect(explained.stdout).toMatch(/ {2}acme denial\.json, debian:12 glibc/);
    const elsewhere = await clarion([
      'explain',
      at('image.tar'),
      unrated,
      ...mirror,
      '--db',
      at('shared'),
      '--config',
      at('without.yaml'),
    ]);
    expect(elsewhere.stdout).not.toContain('acme');
  }, 120_000);

  it('on this machine is read offline too', async () => {
    await update('shared', 'debian-security-tracker');
    put(at('a/advisories/more.json'), ownRecord('ACME-2', { database_specific: { state: 'affected' } }));
    expect(ids(await scan({ db: 'shared', config: 'a/clarion.yaml', mirror: '' }))).toContain('ACME-2');
  }, 60_000);
});
