import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageInventory, Report } from '@clarion/model';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { type ScratchCopy, scratchCopy } from './scratch-copy';

// An ecosystem is a row, and a detector of its packages a folder: `new-plugin detector` writes both, and with own
// advisories an image with such packages can be scanned, without other changes. `conan` has a row already.

const id = 'shiny';
const rows = 'libs/base/ecosystems/src/rows';
const detectors = 'libs/plugins/feature-detectors/src';

describe('a new ecosystem with a detector of its packages', () => {
  let copy: ScratchCopy;
  let at: (...parts: string[]) => string;

  beforeAll(() => {
    copy = scratchCopy();
    at = (...parts) => join(copy.path, 'scan', ...parts);
    copy.commit();
    copy.newPlugin('detector', id);
    copy.newPlugin('detector', 'conan');
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('changes a folder and a row, and two lines that register each; an ecosystem with a row gets a folder only', () => {
    const folders = [`${detectors}/${id}/`, `${detectors}/conan/`];
    const changed = copy.changes();
    const others = changed.filter(([, , path]) => !folders.some((folder) => path.startsWith(folder)));
    expect(others.map(([added, removed, path]) => [path.endsWith('index.ts') ? added : '', removed, path])).toEqual([
      ['2', '0', `${rows}/index.ts`],
      ['', '0', `${rows}/${id}.ts`],
      // The array of detectors is one line.
      ['3', '1', `${detectors}/index.ts`],
    ]);
    for (const folder of folders) expect(changed.filter(([, , path]) => path.startsWith(folder))).toHaveLength(6);
  });

  it('is scanned, with findings of own advisories in every format', () => {
    copy.bundleCli();
    mkdirSync(at('advisories'), { recursive: true });
    writeFileSync(
      at('clarion.yaml'),
      'feeds: {disable: [nvd, epss, cisa-kev], own: [{id: acme, format: osv, from: advisories}]}\n',
    );
    const events = [{ introduced: '0' }, { fixed: '1.10.0' }];
    const affected = ['shiny', 'ConanCenter'].map((ecosystem) => ({
      package: { ecosystem, name: 'example' },
      ranges: [{ type: 'ECOSYSTEM', events }],
    }));
    writeFileSync(at('advisories', 'ACME-1.json'), JSON.stringify({ id: 'ACME-1', affected }));
    const layer = [file('var/lib/shiny/packages', 'example 1.9.0\n'), file('var/lib/conan/packages', 'example 2.0\n')];
    writeDockerArchive(at('image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
    const program = join(copy.path, 'dist/apps/cli/main.js');
    const clarion = (command: string, format: string, ...settings: string[]): string =>
      copy.run(program, command, at('image.tar'), '--db', at('db'), '--format', format, ...settings).stdout;
    const scanned = (format: string): string =>
      clarion('scan', format, '--config', at('clarion.yaml'), '--feeds-dir', at('advisories'));

    const { findings, packages, coverage } = JSON.parse(scanned('json')) as Report;
    expect(packages.map(({ type, namespace, purl }) => [type, namespace, purl])).toEqual([
      ['conan', 'conan', 'pkg:conan/example@2.0'],
      [id, id, `pkg:${id}/example@1.9.0`],
    ]);
    expect(findings.map((one) => [one.id, one.package.namespace, one.fixedIn])).toEqual([['ACME-1', id, '1.10.0']]);
    expect(coverage.namespaces.map((one) => [one.id, one.feeds])).toEqual([
      ['conan', []],
      [id, []],
    ]);
    expect(coverage.uncovered.map((one) => one.reason)).toEqual(['no feed covers conan', `no feed covers ${id}`]);
    const inventory = JSON.parse(clarion('packages', 'json')) as ImageInventory;
    expect(inventory.packages.map(({ type }) => type)).toEqual(['conan', id]);
    expect(clarion('packages', 'cyclonedx')).toContain(`"purl": "pkg:${id}/example@1.9.0"`);
    expect(scanned('table')).toMatch(/example +1\.9\.0 +ACME-1/);
  }, 300_000);
});
