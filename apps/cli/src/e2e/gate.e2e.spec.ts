import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// The result of a gate, the findings shown and the messages agree.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);

function record(id: string, name: string, said: { readonly state: string; readonly severity: string }): object {
  return { id, affected: [{ package: { ecosystem: 'debian:12', name }, database_specific: said }] };
}

function scan(...more: readonly string[]): Promise<CommandResult> {
  const data = ['--feeds-dir', at('mirror'), '--db', at('db'), '--config', at('clarion.yaml')];
  return clarion(['scan', `dir:${at('rootfs')}`, ...data, ...more]);
}

beforeAll(() => {
  const installed = (name: string, source: string): string =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: 1.0\n`;
  mkdirSync(at('rootfs/usr/lib'), { recursive: true });
  mkdirSync(at('rootfs/var/lib/dpkg'), { recursive: true });
  mkdirSync(at('advisories'));
  cpSync(join(root, 'tools/sample/images/debian/os-release'), at('rootfs/usr/lib/os-release'));
  const packages = [installed('x-tool', 'x-tool'), installed('linux-libc-dev', 'linux')];
  writeFileSync(at('rootfs/var/lib/dpkg/status'), packages.join('\n'));
  cpSync(join(sampleFeeds, 'debian-security-tracker'), at('mirror/debian-security-tracker'), { recursive: true });
  const records = [
    record('X-2025-1', 'x-tool', { state: 'under_investigation', severity: 'HIGH' }),
    record('X-2025-2', 'linux', { state: 'affected', severity: 'MEDIUM' }),
  ];
  for (const [index, one] of records.entries()) writeFileSync(at(`advisories/${index}.json`), JSON.stringify(one));
  const own = '  own: [{id: acme, format: osv, from: advisories}]\n';
  writeFileSync(at('clarion.yaml'), `feeds:\n  disable: [nvd, epss, cisa-kev]\n${own}`);
});

describe('findings under investigation', () => {
  it('do not pass a gate without a message', async () => {
    const plain = await scan('--format', 'json');
    expect([plain.code, (JSON.parse(plain.stdout) as Report).summary]).toEqual([
      0,
      expect.objectContaining({ High: 1, Medium: 1 }),
    ]);
    const gate = await scan('--fail-on', 'High');
    expect(gate.code).toBe(0);
    expect(gate.stderr).toContain(
      '1 finding is High or more severe and still under investigation; --fail-on-under-inv',
    );
    const counted = await scan('--fail-on', 'High', '--fail-on-under-investigation');
    expect(counted.code).toBe(2);
    expect((await scan('--fail-on', 'High', '--ignore-unfixed')).code).toBe(0);
  }, 60_000);
});

describe('findings of kernel headers', () => {
  it('are in the table when the scan fails for them, and else counted with the reason', async () => {
    const gate = await scan('--fail-on', 'Medium', '--quiet');
    expect(gate.code).toBe(2);
    expect(gate.stdout).toContain('X-2025-2');
    const plain = await scan('--quiet');
    expect(plain.code).toBe(0);
    expect(plain.stdout).not.toContain('X-2025-2');
    expect(plain.stdout.replace(/\s+/g, ' ')).toContain(
      'Not listed: 1 finding of packages with nothing but kernel headers (--format json lists them).',
    );
  }, 60_000);
});
