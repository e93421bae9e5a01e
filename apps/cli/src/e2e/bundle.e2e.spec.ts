import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { clarion, root, sampledFeeds, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);
const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');

afterAll(() => {
  folder.remove();
});

describe('clarion db export and import', () => {
  it('carry advisory data to a machine without network', async () => {
    expect((await clarion(['update', ...sampledFeeds, '--from', sampleFeeds, '--db', at('a'), '--quiet'])).code).toBe(
      0,
    );
    const exported = await clarion(['db', 'export', at('facts.gz'), '--db', at('a')]);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    expect(exported.stderr).toMatch(/^export: \d+ feeds, \d+ advisories\n$/);
    const imported = await clarion(['db', 'import', at('facts.gz'), '--db', at('b')]);
    expect(imported).toMatchObject({ code: 0, stdout: '' });
    expect(imported.stderr).toMatch(/^import: \d+ feeds, \d+ packages, \d+ descriptions\n$/);
    const status = async (db: string) => {
      const { stdout } = await clarion(['db', 'status', '--format', 'json', '--db', at(db)]);
      // The history begins with the import.
      return (JSON.parse(stdout) as object[]).map((row) => ({ ...row, knownSince: null }));
    };
    expect(await status('b')).toEqual(await status('a'));
    await clarion(['db', 'export', at('again.gz'), '--db', at('b')]);
    expect(readFileSync(at('again.gz')).equals(readFileSync(at('facts.gz')))).toBe(true);
    const files = [
      file('usr/lib/os-release', fixture('os-release')),
      file('var/lib/dpkg/status', fixture('2-curl.status')),
    ];
    writeDockerArchive(at('image.tar'), buildImage({ layers: [files] }), { form: 'v1.1' });
    const scan = (db: string) =>
      clarion(['scan', at('image.tar'), '--offline', '--format', 'json', '--db', at(db), '--allow-incomplete']);
    const [here, there] = [await scan('a'), await scan('b')];
    expect(JSON.parse(there.stdout)).toHaveProperty('findings.0.id');
    expect(there.stdout).toBe(here.stdout);
  }, 300_000);

  it('sign, and reject a bundle that is not signed by the expected key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(at('sign.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(at('verify.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    const run = (...args: string[]) => clarion(['db', ...args]);
    expect((await run('export', at('signed.gz'), '--sign-key', at('sign.pem'), '--db', at('a'))).code).toBe(0);
    const checked = ['--verify-key', at('verify.pem'), '--db', at('checked')];
    expect(await run('import', at('facts.gz'), ...checked)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no signature') as string,
    });
    expect((await run('import', at('signed.gz'), ...checked)).code).toBe(0);
    expect((await run('import', at('signed.gz'), '--db', at('b'))).code).toBe(0);
  }, 300_000);

  it('leave out the own data of other projects in the same cache, and report that', async () => {
    const record = { id: 'ACME-1', affected: [{ package: { ecosystem: 'debian:12', name: 'zlib' }, versions: ['1'] }] };
    mkdirSync(at('project/advisories'), { recursive: true });
    writeFileSync(at('project/advisories/a.json'), JSON.stringify(record));
    writeFileSync(at('project/clarion.yaml'), 'feeds: {own: [{id: acme, format: osv, from: advisories}]}\n');
    const project = ['--config', at('project/clarion.yaml')];
    expect((await clarion(['update', 'acme', '--db', at('a'), ...project])).code).toBe(0);
    const facts = (name: string): string => gunzipSync(readFileSync(at(name))).toString('utf8');
    const elsewhere = await clarion(['db', 'export', at('elsewhere.gz'), '--db', at('a')]);
    expect(elsewhere.stderr).toContain('feeds that this configuration does not name were left out: 1');
    expect(facts('elsewhere.gz')).not.toMatch(/acme/i);
    await clarion(['db', 'export', at('project.gz'), '--db', at('a'), ...project]);
    expect(facts('project.gz')).toMatch(/ACME-1/);
  }, 120_000);

  it('reject what they cannot do, and leave nothing behind', async () => {
    const run = (...args: string[]) => clarion(['db', ...args, '--db', at('empty')]);
    expect(await run('export', at('none.gz'))).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('run clarion update first') as string,
    });
    expect(await run('import', at('none.gz'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no bundle') as string,
    });
    writeFileSync(at('cut.gz'), readFileSync(at('facts.gz')).subarray(0, 2000));
    expect(await run('import', at('cut.gz'))).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse((await run('status', '--format', 'json')).stdout)).toContainEqual(
      expect.objectContaining({ lastSuccess: 'never' }),
    );
    const nowhere = await clarion(['db', 'export', at('missing/facts.gz'), '--db', at('a')]);
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('missing/facts.gz') as string });
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 300_000);
});
