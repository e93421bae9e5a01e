import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { type ScratchCopy, scratchCopy } from './scratch-copy';

// A distribution is a row, and a feed about it a folder: with these two an image of it can be scanned, without other
// changes.

const id = 'samplix';

describe('a new distribution with a feed about it', () => {
  let copy: ScratchCopy;
  let at: (...parts: string[]) => string;
  beforeAll(() => {
    copy = scratchCopy();
    at = (...parts) => join(copy.path, ...parts);
    copy.commit();
    copy.newPlugin('distribution', id);
    copy.newPlugin('feed', id);
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('changes a row and a folder, and a line or two that register each', () => {
    const changed = copy.changes();
    const folder = `libs/plugins/feed-sources/src/${id}/`;
    const others = changed.filter(([, , path]) => !path.startsWith(folder));
    expect(others.map(([, removed, path]) => [removed, path])).toEqual([
      ['0', 'libs/base/distributions/src/rows/index.ts'],
      ['0', `libs/base/distributions/src/rows/${id}.ts`],
      ['0', 'libs/plugins/feed-sources/src/index.ts'],
    ]);
    const registering = others.filter(([, , path]) => path.endsWith('/index.ts'));
    // An import and an element of the array.
    expect(registering.map(([added]) => added)).toEqual(['2', '2']);
    expect(changed.length).toBeGreaterThan(others.length);
  });

  it('passes the checks of every row', () => {
    const { failed, passed } = copy.jest('libs/base/distributions/');
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(50);
  }, 300_000);

  it('is scanned, with findings of its own feed', () => {
    copy.bundleCli();
    mkdirSync(at('scan', 'feeds', id), { recursive: true });
    writeFileSync(at('scan', 'clarion.yaml'), 'feeds: {disable: [nvd, epss, cisa-kev]}\n');
    const packages = [{ pkg: { name: 'example', secfixes: { '1.2.3-r1': ['CVE-2024-0001'] } } }];
    const secdb = { reponame: 'main', distroversion: '1', packages };
    writeFileSync(at('scan', 'feeds', id, '1.json'), JSON.stringify(secdb));
    const layer = [
      file('etc/os-release', `ID=${id}\nVERSION_ID=1\n`),
      file('lib/apk/db/installed', 'P:example\nV:1.2.3-r0\nA:x86_64\no:example\n\n'),
    ];
    writeDockerArchive(at('scan', 'image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
    const settings = [
      '--config',
      at('scan', 'clarion.yaml'),
      '--db',
      at('scan', 'db'),
      '--feeds-dir',
      at('scan', 'feeds'),
    ];
    const scanned = copy.run(
      at('dist/apps/cli/main.js'),
      'scan',
      at('scan', 'image.tar'),
      ...settings,
      '--format',
      'json',
    );
    const { findings, packages: found, coverage } = JSON.parse(scanned.stdout) as Report;
    expect(found.map(({ purl }) => purl)).toEqual([`pkg:apk/${id}/example@1.2.3-r0?arch=x86_64&distro=${id}-1`]);
    expect(findings.map((one) => [one.id, one.package.namespace, one.fixedIn])).toEqual([
      ['CVE-2024-0001', `${id}:1`, '1.2.3-r1'],
    ]);
    expect(coverage.namespaces).toEqual([{ id: `${id}:1`, feeds: [id], endOfLife: null, support: 'unknown' }]);
    expect(coverage.complete).toBe(true);
  }, 300_000);
});
