import path from 'node:path';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import type { AdvisoryGroup, PlacedFeature } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { reportFormats } from '@clarion/report-formats';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { base, imageOf, options } from '@clarion/test-kit/match-facts';
import { inventoryOf } from '../inventory/inventory';
import { reportOf } from '../../testing/reports';

const packages = ['ca-certificates-20220905-1', 'libcurl-gnutls-8.3.0-1', 'openssl-1.1.1.o-1', 'zlib-1:1.2.11-5'];
const testdata = path.resolve(__dirname, '../../../../plugins/feature-detectors/src/pacman/testdata/arch');

/** The packages of the detector's testdata, in the namespace that os-release gives them. */
async function installed(): Promise<readonly PlacedFeature[]> {
  const files = packages.map((name) => {
    const location = `var/lib/pacman/local/${name}/desc`;
    return { path: location, content: readFileSync(path.join(testdata, location)) };
  });
  const detected = await featureDetectors.find(({ id }) => id === 'pacman')?.detect(files, testBudget());
  const release = [{ path: 'etc/os-release', content: Buffer.from('NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n') }];
  const found = await namespaceDetectors.find(({ id }) => id === 'os-release')?.detect(release, testBudget());
  const [namespace] = found?.namespaces ?? [];
  expect(namespace).toMatchObject({ id: 'arch', packageType: 'alpm' });
  return (detected?.features ?? []).map((feature) => ({ ...feature, namespace: namespace?.id ?? null, layer: base }));
}

const tracker = sharedMaterial('feeds/arch/issues-all.json.gz');

async function groups(): Promise<readonly AdvisoryGroup[]> {
  const source = feedSources.find(({ id }) => id === 'arch-security');
  const found: AdvisoryGroup[] = [];
  const body = (async function* () {
    yield await Promise.resolve(gunzipSync(readFileSync(tracker ?? '')));
  })();
  for await (const record of source?.parse({ name: 'all.json', body }) ?? []) {
    if (record.kind === 'group') found.push(record.group);
  }
  return found;
}

describe('Arch Linux', () => {
  it('has its packages in every inventory', async () => {
    const features = await installed();
    const inventory = inventoryOf(imageOf(features), options);
    expect(inventory.packages.map(({ type, purl }) => `${type} ${purl}`)).toEqual([
      'alpm pkg:alpm/arch/ca-certificates@20220905-1?arch=any&distro=arch',
      'alpm pkg:alpm/arch/libcurl-gnutls@8.3.0-1?arch=x86_64&distro=arch&upstream=curl',
      'alpm pkg:alpm/arch/openssl@1.1.1.o-1?arch=x86_64&distro=arch',
      'alpm pkg:alpm/arch/zlib@1:1.2.11-5?arch=x86_64&distro=arch',
    ]);
    const style = { colour: false, width: undefined, listPackages: true };
    for (const format of reportFormats) {
      const text = [...((await format.inventory?.(inventory, style)) ?? [])].join('');
      if (format.inventory !== undefined)
        expect([format.id, text.includes('libcurl-gnutls')]).toEqual([format.id, true]);
    }
  });

  if (tracker === undefined) {
    it.skip('skipped: the shared test material is missing', () => undefined);
    return;
  }

  // AVG-2765, AVG-2657, AVG-2845 (libcurl-gnutls by its own name, curl by its base), AVG-2641 looked up by hand.
  it('is matched with its tracker', async () => {
    const { findings, coverage } = await reportOf(await installed(), await groups());
    const lines = findings.map((f) => `${f.package.name} ${f.id} ${f.state} ${f.fixedIn ?? '-'}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        'openssl CVE-2022-2068 affected -',
        'zlib CVE-2018-25032 fixed 1:1.2.12-1',
        'libcurl-gnutls CVE-2023-38545 fixed 8.4.0-1',
        'libcurl-gnutls CVE-2023-38546 fixed 8.4.0-1',
      ]),
    );
    expect(lines.filter((line) => /CVE-2021-4044|CVE-2022-32205|ca-certificates/.test(line))).toEqual([]);
    expect(coverage).toMatchObject({ namespaces: [{ id: 'arch', support: 'rolling' }], undetermined: [] });
  });
});
