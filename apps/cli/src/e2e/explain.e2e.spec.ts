import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VulnerabilityExplanation } from '@clarion/reporting';
import { clarion, root, sampledFeeds, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const image = `dir:${at('rootfs')}`;
const db = ['--db', at('db')];

beforeAll(async () => {
  const samples = join(root, 'tools/sample/images/debian');
  mkdirSync(at('rootfs/usr/lib'), { recursive: true });
  cpSync(join(samples, 'os-release'), at('rootfs/usr/lib/os-release'));
  cpSync(join(samples, '1-base.status'), at('rootfs/var/lib/dpkg/status'));
  expect(await clarion(['update', ...sampledFeeds, '--from', sampleFeeds, ...db])).toMatchObject({ code: 0 });
});

describe('clarion explain', () => {
  it('shows the advisory, the comparison and the decision', async () => {
    const { code, stdout } = await clarion(['explain', image, 'cve-2005-2541', '--format', 'json', ...db]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as VulnerabilityExplanation).packages).toMatchObject([
      { name: 'tar', decision: 'vulnerable', state: 'affected', advisories: [{ feed: 'debian-security-tracker' }] },
    ]);
    const table = await clarion(['explain', image, 'CVE-2005-2541', ...db]);
    expect(table.stdout).toMatch(/^CVE-2005-2541\n\ntar .*\n {2}affected: no fix yet\n {2}because: /);
  });

  it.each([
    [['explain', image, 'CVE-2005-2541', '--format', 'xml'], /no format "xml"/],
    [['explain', image, '../x'], /not the id of a vulnerability/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await clarion([...args, ...db]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('does not explain without data', async () => {
    const { code, stderr } = await clarion(['explain', image, 'CVE-2005-2541', '--db', at('empty')]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/no advisory data for debian:12: debian-security-tracker was never loaded/);
  });

  it('ends with 1 for an unknown id, and with 0 for a known one that concerns no package of the image', async () => {
    const nobody = await clarion(['explain', image, 'CVE-1999-99999', ...db]);
    expect([nobody.code, nobody.stdout]).toEqual([1, '']);
    expect(nobody.stderr).toMatch(
      /No feed knows a vulnerability "CVE-1999-99999"; check how it is written, or run clarion update .*epss/,
    );
    const elsewhere = await clarion(['explain', image, 'cve-2024-2398', ...db]);
    expect(elsewhere.code).toBe(0);
    expect(elsewhere.stdout).toMatch(
      /is known, but no advisory about it names a package of this image: debian-security-tracker \(data of \d{4}-/,
    );
  });

  it('ends with 3 where a part of the image was not scanned, and reports which', async () => {
    cpSync(at('rootfs'), at('with-classes'), { recursive: true });
    mkdirSync(at('with-classes/app'), { recursive: true });
    writeFileSync(at('with-classes/app/Main.class'), '');
    const args = ['explain', `dir:${at('with-classes')}`, 'CVE-2024-2398', ...db];
    const text = await clarion(args);
    expect(text.code).toBe(3);
    expect(text.stdout).toMatch(/elsewhere in this image is not known:\n {2}! packages that no detector reads .*maven/);
    const json = await clarion([...args, '--format', 'json']);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ packages: [], coverage: { ecosystems: [{ id: 'maven' }] } });
  });
});
