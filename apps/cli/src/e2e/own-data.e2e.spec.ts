import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder, type Outcome } from './run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');

/** A record of own data about the sample's zlib, which Debian says has CVE-2023-45853 and no fix. */
function record(id: string, affected: object): string {
  return JSON.stringify({ id, affected: [{ package: { ecosystem: 'Debian:12', name: 'zlib' }, ...affected }] });
}

const fixedIn = (version: string): object => ({
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: version }] }],
});

function scan(): Promise<Outcome> {
  const data = ['--feeds-dir', sampleFeeds, '--db', at('db'), '--config', at('clarion.yaml')];
  return clarion(['scan', at('image.tar'), '--format', 'json', ...data]);
}

/** What the report says about zlib: ids with state and fix. */
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

  it('adds vulnerabilities of its own, changes what others say, and is forgotten with its files', async () => {
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

  it('is checked before any work is done', async () => {
    writeFileSync(at('clarion.yaml'), 'feeds:\n  own:\n    - {id: acme, format: csv, from: advisories}\n');
    const outcome = await scan();
    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toContain('feeds.own[0].format is no format');
  });
});
