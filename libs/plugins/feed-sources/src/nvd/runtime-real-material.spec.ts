import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AdvisoryGroup } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { isAffected, versionScheme } from '@clarion/version-schemes';
import { nvd } from '.';

/** All of 2022 in the retired format, which a script of this repository writes again in format 2.0. */
const material = sharedMaterial('feeds', 'nvd', 'nvdcve-1.1-2022.json.gz');

(material === undefined ? describe.skip : describe)('runtimes in NVD of 2022 (shared/feeds/nvd)', () => {
  const groups: AdvisoryGroup[] = [];
  let problems = 0;
  beforeAll(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'nvd-'));
    const script = path.join(__dirname, '../../../../../tools/feeds/nvd-1.1-to-2.0.mjs');
    execFileSync(process.execPath, [script, material ?? '', folder], { stdio: 'ignore' });
    const name = 'nvdcve-2.0-2022.json';
    async function* body(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield gunzipSync(readFileSync(path.join(folder, `${name}.gz`)));
    }
    for await (const record of nvd.parse({ name, body: body() })) {
      if (record.kind === 'group') groups.push(record.group);
      else if (record.kind === 'problem') problems += 1;
    }
    rmSync(folder, { recursive: true });
  }, 120_000);

  // Counted by another program, with the order of the Python library packaging.
  test.each([
    ['python', '3.8.10', 1],
    ['python', '3.11.0', 0],
    ['nginx', '1.22.0', 0],
    ['curl', '7.80.0', 12],
    ['libcurl', '7.83.1', 5],
    ['php', '8.1.2', 5],
    ['php', '7.4.30', 2],
    ['postgresql', '14.2', 2],
    ['httpd', '2.4.52', 10],
    ['httpd', '2.4.53', 7],
    ['git', '2.35.0', 1],
    ['redis', '7.0.0', 3],
    ['ruby', '3.1.1', 2],
    ['mariadb', '10.6.5', 41],
    ['busybox', '1.35.0', 2],
  ])('%s %s has %d', (name, version, count) => {
    const ids = groups
      .filter((group) => group.package === name)
      .flatMap(({ scheme, advisories }) =>
        advisories.filter(({ ranges, versions = [] }) => {
          const order = versionScheme(scheme)!;
          const inRange = ranges !== undefined && isAffected(order, ranges, version);
          return inRange || versions.some((one) => order.order(one, version) === 0);
        }),
      )
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(count);
  });

  it('has few advisories and no problems', () => {
    expect([groups.length, problems]).toEqual([330, 0]);
  });
});
