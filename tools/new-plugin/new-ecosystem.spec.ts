import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import type { ImageInventory, Report } from '@clarion/model';
import { clarionV1 } from '@clarion/proto';
import {
  type ApiClient,
  apiClient,
  buildImage,
  file,
  type ServiceProcess,
  startServiceProcess,
  writeDockerArchive,
} from '@clarion/test-kit';
import { type ScratchCopy, scratchCopy } from './scratch-copy';

// An ecosystem is a row, and a detector of its packages a folder: `new-plugin detector` writes both, and with own
// advisories an image with such packages can be scanned, without other changes. `conan` has a row already, and `elixir` is
// another name of one.

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
    copy.newPlugin('detector', 'elixir');
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('changes a folder and a row, and two lines that register each; an ecosystem with a row gets a folder only', () => {
    const folders = [id, 'conan', 'elixir'].map((name) => `${detectors}/${name}/`);
    const changed = copy.changes();
    const others = changed.filter(([, , path]) => !folders.some((folder) => path.startsWith(folder)));
    expect(others.map(([, , path]) => path)).toEqual([`${rows}/index.ts`, `${rows}/${id}.ts`, `${detectors}/index.ts`]);
    expect(others[0]).toEqual(['2', '0', `${rows}/index.ts`]);
    for (const folder of folders) expect(changed.filter(([, , path]) => path.startsWith(folder))).toHaveLength(6);
  });

  it('is scanned, with findings of own advisories in every format', () => {
    copy.bundleCli();
    mkdirSync(at('advisories'), { recursive: true });
    writeFileSync(
      at('clarion.yaml'),
      'feeds: {disable: [nvd, epss, cisa-kev], own: [{id: acme, format: osv, from: advisories, covers: [shiny]}]}\n',
    );
    const events = [{ introduced: '0' }, { fixed: '1.10.0' }];
    const affected = ['shiny', 'ConanCenter'].map((ecosystem) => ({
      package: { ecosystem, name: 'example' },
      ranges: [{ type: 'ECOSYSTEM', events }],
    }));
    writeFileSync(at('advisories', 'ACME-1.json'), JSON.stringify({ id: 'ACME-1', affected }));
    const layer = [
      file('var/lib/shiny/packages', 'example 1.9.0\n'),
      file('var/lib/conan/packages', 'example 2.0\n'),
      file('var/lib/elixir/packages', 'example 1\n'),
    ];
    writeDockerArchive(at('image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
    const program = join(copy.path, 'dist/apps/cli/main.js');
    const clarion = (command: string, format: string, ...settings: string[]): string =>
      copy.run(program, command, at('image.tar'), '--db', at('db'), '--format', format, ...settings).stdout;
    const scanned = (format: string): string =>
      clarion('scan', format, '--config', at('clarion.yaml'), '--feeds-dir', at('advisories'));

    const { findings, packages, coverage } = JSON.parse(scanned('json')) as Report;
    expect(packages.map(({ type, namespace, purl }) => [type, namespace, purl])).toEqual([
      ['conan', 'conan', 'pkg:conan/example@2.0'],
      ['hex', 'hex', 'pkg:hex/example@1'],
      [id, id, `pkg:${id}/example@1.9.0`],
    ]);
    expect(findings.map((one) => [one.id, one.package.namespace, one.fixedIn])).toEqual([['ACME-1', id, '1.10.0']]);
    expect(coverage.namespaces.map((one) => [one.id, one.feeds])).toEqual([
      ['conan', []],
      ['hex', []],
      [id, ['acme']],
    ]);
    expect(coverage.uncovered.map((one) => one.reason)).toEqual(['no feed covers conan', 'no feed covers hex']);
    const inventory = JSON.parse(clarion('packages', 'json')) as ImageInventory;
    expect(inventory.packages.map(({ type }) => type)).toEqual(['conan', 'hex', id]);
    expect(clarion('packages', 'cyclonedx')).toContain(`"purl": "pkg:${id}/example@1.9.0"`);
    expect(scanned('table')).toMatch(/example +1\.9\.0 +ACME-1/);
  }, 300_000);

  describe('in clarion serve', () => {
    const settings = ['--no-updates', '--listen', '127.0.0.1:0', '--introspection-port', '0'];
    const record = {
      affected: [
        {
          package: { name: 'example' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }],
        },
      ],
    };
    let serve: ServiceProcess;
    let api: ApiClient;
    let digest: string;

    beforeAll(async () => {
      writeFileSync(at('serve.yaml'), 'feeds: {disable: [nvd, epss, cisa-kev]}\n');
      const database = ['--db', at('serve'), '--config', at('serve.yaml')];
      serve = startServiceProcess(join(copy.path, 'dist/apps/cli'), {}, ['serve', ...database, ...settings]);
      await serve.line('Started');
      const url = /http:\/\/[\d.]+:\d+/.exec(serve.errors())?.[0] ?? '';
      api = apiClient(url, readFileSync(at('serve', 'administrator-token'), 'utf8').trim());
      const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/x-tar' };
      const body = readFileSync(at('image.tar'));
      const uploaded = await fetch(`${url}/api/v1/images?reference=example/app:1`, { method: 'POST', headers, body });
      ({ digest } = (await uploaded.json()) as { digest: string });
    }, 300_000);

    afterAll(async () => {
      serve.kill('SIGTERM');
      await serve.ended;
    });

    it('is named by REST and gRPC', async () => {
      const { json } = await api.call('GET', `/images/${digest}/packages`);
      const purl = `pkg:${id}/example@1.9.0`;
      expect(json.items).toContainEqual(expect.objectContaining({ type: id, namespace: id, purl }));
      const images = new clarionV1.ImageServiceClient(new URL(api.url).host, ChannelCredentials.createInsecure());
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${api.token}`);
      const { packages } = await new Promise<clarionV1.ListPackagesResponse>((resolve, reject) => {
        images.listPackages({ digest, limit: 10, after: '' }, metadata, (error, response) => {
          if (error === null) resolve(response);
          else reject(error);
        });
      });
      images.close();
      expect(packages).toContainEqual(expect.objectContaining({ type: id, namespace: id, purl }));
    });

    it('notifies of an advisory, which the report and searches then have', async () => {
      expect((await api.call('PUT', `/own-vulnerabilities/${id}/ACME-2`, record)).status).toBe(201);
      const { json } = await api.until('/notifications', (answer) => answer.json.items.length > 0);
      expect(json.items).toMatchObject([{ vulnerability: 'ACME-2', namespaces: [id] }]);
      const notification = await api.call('GET', `/notifications/${json.items[0]?.id ?? ''}`);
      expect(notification.json.images.items.map(({ image }) => image)).toEqual([digest]);
      const report = JSON.parse((await api.call('GET', `/images/${digest}/report`)).text) as Report;
      expect(report.findings.map((one) => [one.id, one.package.namespace])).toContainEqual(['ACME-2', id]);
      for (const search of ['package=example', 'vulnerability=ACME-2']) {
        const found = await api.call('GET', `/images?${search}`);
        expect([search, found.json.items.map((one) => one.digest)]).toEqual([search, [digest]]);
      }
      const image = await api.call('GET', `/images/${digest}`);
      expect(JSON.parse(image.text)).toMatchObject({ incomplete: expect.arrayContaining(['not-covered']) as string[] });
    });
  });
});
