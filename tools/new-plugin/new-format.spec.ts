import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

// A report format is a folder and the lines that register it: the command line and REST offer it without other changes.

const id = 'findings-per-line';
const formats = 'libs/plugins/report-formats/src';

describe('a new report format', () => {
  let copy: ScratchCopy;
  let at: (...parts: string[]) => string;
  let clarion: (...args: string[]) => string;

  beforeAll(() => {
    copy = scratchCopy();
    at = (...parts) => join(copy.path, 'scan', ...parts);
    clarion = (...args) => copy.run(join(copy.path, 'dist/apps/cli/main.js'), ...args).stdout;
    copy.commit();
    copy.newPlugin('report-format', id);
    copy.bundleCli();
    mkdirSync(at('feeds'), { recursive: true });
    writeFileSync(at('clarion.yaml'), 'feeds: {disable: [nvd, epss, cisa-kev]}\n');
    const layer = [
      file('etc/os-release', 'ID=plan9\nVERSION_ID=4\n'),
      file('lib/apk/db/installed', 'P:example\nV:1-r0\n\n'),
    ];
    writeDockerArchive(at('image.tar'), buildImage({ layers: [layer] }), { form: 'v1.1' });
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('changes a folder, and two lines that register it', () => {
    const others = copy.changes().filter(([, , path]) => !path.startsWith(`${formats}/${id}/`));
    expect(others.map(([added, , path]) => [added, path])).toEqual([['2', `${formats}/index.ts`]]);
  });

  it('is in the help and the completion of the command that can use it, and writes reports', () => {
    expect(clarion('scan', '--help').replaceAll(/\s+/g, ' ')).toContain(`table, ${id}, harbor or json`);
    expect(clarion('packages', '--help')).not.toContain(id);
    expect(clarion('completion', 'bash')).toContain(`'scan --format') value=one words='table ${id} harbor json'`);
    const settings = ['--db', at('db'), '--config', at('clarion.yaml'), '--feeds-dir', at('feeds')];
    expect(clarion('scan', at('image.tar'), '--format', id, ...settings)).toBe('incomplete\n');
  }, 60_000);

  describe('over REST', () => {
    let serve: ServiceProcess;
    let api: ApiClient;

    beforeAll(async () => {
      const settings = ['--no-updates', '--listen', '127.0.0.1:0', '--introspection-port', '0'];
      const database = ['--db', at('serve'), '--config', at('clarion.yaml')];
      serve = startServiceProcess(join(copy.path, 'dist/apps/cli'), {}, ['serve', ...database, ...settings]);
      await serve.line('Started');
      const url = /http:\/\/[\d.]+:\d+/.exec(serve.errors())?.[0] ?? '';
      api = apiClient(url, readFileSync(at('serve', 'administrator-token'), 'utf8').trim());
    }, 300_000);

    afterAll(async () => {
      serve.kill('SIGTERM');
      await serve.ended;
    });

    it('is in the description and writes reports', async () => {
      const described = await fetch(`${api.url}/openapi.json`);
      expect(await described.text()).toContain(`"enum":["cyclonedx","${id}","harbor","json","table"]`);
      const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'application/x-tar' };
      const body = readFileSync(at('image.tar'));
      const uploaded = await fetch(`${api.url}/api/v1/images?reference=example/app:1`, {
        method: 'POST',
        headers,
        body,
      });
      const { digest } = (await uploaded.json()) as { digest: string };
      const report = await fetch(`${api.url}/api/v1/images/${digest}/report?format=${id}`, { headers });
      expect([report.status, report.headers.get('content-type'), await report.text()]).toEqual([
        200,
        expect.stringContaining('text/plain'),
        'incomplete\n',
      ]);
    }, 60_000);
  });
});
