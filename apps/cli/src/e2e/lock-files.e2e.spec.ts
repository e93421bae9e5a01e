import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Report } from '@clarion/model';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { clarion, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const write = (name: string, content: string): void => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
};

/** The sources of a project: the service is installed, the rest is not. */
const sources: Readonly<Record<string, string>> = {
  'web/package-lock.json': JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { name: 'web' },
      'node_modules/minimist': { version: '1.2.5' },
      'node_modules/mocha': { version: '1.0.0', dev: true },
    },
  }),
  'web/node_modules/minimist/package.json': JSON.stringify({ name: 'minimist', version: '1.2.5' }),
  'jobs/uv.lock': 'version = 1\n\n[[package]]\nname = "urllib3"\nversion = "1.26.4"\nsource = { registry = "x" }\n',
  'api/go.mod': 'module example.test/api\n\ngo 1.22\n\nrequire golang.org/x/text v0.3.5 // indirect\n',
  'shop/Gemfile.lock': 'GEM\n  remote: https://rubygems.org/\n  specs:\n    rack (2.2.2)\n\nDEPENDENCIES\n  rack\n',
  'shop/pom.xml':
    '<project><dependencies><dependency><groupId>org.yaml</groupId><artifactId>snakeyaml</artifactId><version>1.28</version></dependency></dependencies></project>',
};

const advisories = [
  ['npm', 'minimist', '1.2.6'],
  ['npm', 'mocha', '2.0.0'],
  ['PyPI', 'urllib3', '1.26.5'],
  ['Go', 'golang.org/x/text', '0.3.7'],
  ['RubyGems', 'rack', '2.2.3'],
  ['Maven', 'org.yaml:snakeyaml', '1.31'],
];

function scan(image: string, ...options: readonly string[]): Promise<CommandResult> {
  const data = ['--feeds-dir', sampleFeeds, '--db', at('db'), '--config', at('clarion.yaml')];
  return clarion(['scan', image, '--format', 'json', ...data, ...options]);
}

const found = ({ stdout }: CommandResult): readonly string[] =>
  (JSON.parse(stdout) as Report).findings
    .map(({ id, fixedIn, package: { name, version, path } }) => `${id} ${name} ${version} ${fixedIn ?? '-'} ${path}`)
    .sort();

const unread = ({ stdout }: CommandResult): readonly string[] =>
  (JSON.parse(stdout) as Report).coverage.ecosystems.map(({ id }) => id);

describe('lock files', () => {
  beforeAll(() => {
    for (const [name, content] of Object.entries(sources)) write(`project/${name}`, content);
    for (const [name, content] of Object.entries(sources)) write(`root/srv/${name}`, content);
    write('root/usr/lib/os-release', 'ID=example\n');
    advisories.forEach(([ecosystem, name, fixed], number) => {
      const events = [{ introduced: '0' }, { fixed }];
      const affected = [{ package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events }] }];
      write(`advisories/${number}.json`, JSON.stringify({ id: `ACME-${number}`, affected }));
    });
    write(
      'clarion.yaml',
      'feeds:\n  disable: [osv, go-vulndb]\n  own:\n    - {id: acme, format: osv, from: advisories}\n',
    );
    const layer = Object.entries(sources).map(([name, content]) => file(`srv/${name}`, content));
    writeDockerArchive(at('image.tar'), buildImage({ repoTags: ['example/locks:1'], layers: [layer] }), {
      form: 'v1.1',
    });
  });

  const all = (prefix: string, ofNpm: string): readonly string[] => [
    `ACME-0 minimist 1.2.5 1.2.6 ${prefix}${ofNpm}`,
    `ACME-2 urllib3 1.26.4 1.26.5 ${prefix}jobs/uv.lock`,
    `ACME-3 golang.org/x/text v0.3.5 0.3.7 ${prefix}api/go.mod`,
    `ACME-4 rack 2.2.2 2.2.3 ${prefix}shop/Gemfile.lock`,
    `ACME-5 org.yaml:snakeyaml 1.28 1.31 ${prefix}shop/pom.xml`,
  ];

  it('of a directory are read, without packages for development', async () => {
    const result = await scan(`dir:${at('project')}`, '--disable-detectors', 'node');
    expect(found(result)).toEqual(all('', 'web/package-lock.json'));
    // What is installed was not read.
    expect(unread(result)).toEqual(['npm']);
  }, 300_000);

  it('of a directory list an installed package once', async () => {
    const result = await scan(`dir:${at('project')}`);
    expect(found(result)).toEqual(all('', 'web/node_modules/minimist/package.json'));
    expect(unread(result)).toEqual([]);
  }, 300_000);

  it('of a directory are left out on request', async () => {
    const result = await scan(`dir:${at('project')}`, '--no-lock-files');
    expect(found(result)).toEqual(all('', 'web/node_modules/minimist/package.json').slice(0, 1));
  }, 300_000);

  it('of a root filesystem are read only on request', async () => {
    const installed = all('srv/', 'web/node_modules/minimist/package.json');
    expect(found(await scan(`dir:${at('root')}`))).toEqual(installed.slice(0, 1));
    expect(found(await scan(`dir:${at('root')}`, '--lock-files'))).toEqual(installed);
  }, 300_000);

  it('of an image are read only on request, also when its layers are known', async () => {
    const installed = all('srv/', 'web/node_modules/minimist/package.json');
    const first = await scan(at('image.tar'));
    expect([found(first), unread(first)]).toEqual([installed.slice(0, 1), ['gem', 'golang', 'maven', 'pypi']]);
    const onRequest = await scan(at('image.tar'), '--lock-files');
    expect([found(onRequest), unread(onRequest)]).toEqual([installed, []]);
    expect((await scan(at('image.tar'))).stdout).toBe(first.stdout);
  }, 300_000);
});
