import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Report } from '@clarion/model';
import { buildImage, buildZip, file, writeOciArchive } from '@clarion/test-kit';
import { clarion, root, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// What a finding of a package of a language contains, and how gates treat its class.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const detectors = ['--enable-detectors', 'node,java'];
const data = ['--feeds-dir', at('mirror'), '--db', at('db'), '--config', at('clarion.yaml')];

function scan(...more: readonly string[]): Promise<CommandResult> {
  return clarion(['scan', at('image.tar'), ...data, ...detectors, ...more]);
}

type Range = readonly Readonly<Record<string, string>>[];

function record(id: string, name: string, events: Range, more: object = {}): { name: string; content: string } {
  const ecosystem = name.includes(':') ? 'Maven' : 'npm';
  const affected = [{ package: { ecosystem, name }, ranges: [{ type: 'SEMVER', events }], ...more }];
  return { name: `${id}.json`, content: JSON.stringify({ id, summary: `About ${name}`, affected, ...more }) };
}

const high = { database_specific: { severity: 'HIGH' } };
const everything: Range = [{ introduced: '0' }];
/** Two records of one flaw with several lines, a package that is an attack, a notice, and a flaw of an inferred jar. */
const npm = [
  record('GHSA-aaaa-bbbb-cccc', 'lodash', [{ introduced: '4.0.0' }, { fixed: '4.17.21' }], {
    aliases: ['CVE-2021-23337'],
    ...high,
  }),
  record('GHSA-aaaa-bbbb-dddd', 'lodash', [{ introduced: '0' }, { fixed: '4.17.21' }], {
    aliases: ['GHSA-aaaa-bbbb-cccc'],
    ...high,
  }),
  record('MAL-2024-1', 'crossenv', everything),
  record('RUSTSEC-2024-1', 'left', everything, { database_specific: { informational: 'unmaintained' } }),
];
const maven = [record('GHSA-eeee-ffff-gggg', 'org.dom4j:dom4j', everything, { ...high, aliases: ['CVE-2020-10683'] })];

function installed(name: string, version: string, within = 'app'): ReturnType<typeof file> {
  return file(`${within}/node_modules/${name}/package.json`, JSON.stringify({ name, version }));
}

beforeAll(() => {
  const manifest = 'Manifest-Version: 1.0\nImplementation-Title: dom4j\nImplementation-Version: 2.1.1\n';
  const jar = buildZip([
    { name: 'META-INF/MANIFEST.MF', content: manifest },
    { name: 'org/dom4j/Node.class', content: 'x' },
  ]);
  const osRelease = file('etc/os-release', 'ID=debian\nVERSION_ID=12\n');
  const packages = [
    installed('lodash', '4.17.20'),
    installed('lodash', '3.10.1', 'app/node_modules/cli'),
    installed('cli', '1.0.0'),
    installed('crossenv', '1.0.0'),
    installed('left', '1.0.0'),
    file('srv/dom4j-2.1.1.jar', jar),
  ];
  const history = [
    { created_by: '/bin/sh -c #(nop) ADD file:1a2b in / ' },
    { created_by: 'CMD ["node"]', empty_layer: true },
    { created_by: 'RUN /bin/sh -c npm ci # buildkit' },
  ];
  writeOciArchive(at('image.tar'), buildImage({ layers: [[osRelease], packages], history }));
  const inputs = join(root, 'libs/plugins/feed-sources/src/osv/testdata/input');
  cpSync(inputs, at('mirror/osv'), { recursive: true });
  mkdirSync(at('mirror/debian-security-tracker'), { recursive: true });
  writeFileSync(
    at('mirror/debian-security-tracker/json'),
    '{"a":{"CVE-2024-1":{"releases":{"bookworm":{"status":"open"}}}}}',
  );
  writeFileSync(at('mirror/osv/npm/all.zip'), buildZip(npm));
  writeFileSync(at('mirror/osv/Maven/all.zip'), buildZip(maven));
  writeFileSync(at('clarion.yaml'), 'feeds:\n  disable: [nvd, epss, cisa-kev]\n');
});

describe('findings of packages of languages', () => {
  it('name the file, the layer with its instruction and what to do, each flaw once a package instance', async () => {
    const { stdout, stderr } = await scan('--format', 'json');
    expect(stderr).not.toContain('problem');
    const { findings, totals, countedApart, summary } = JSON.parse(stdout) as Report;
    const about = (name: string): readonly Finding[] => findings.filter((one) => one.package.name === name);
    expect(
      about('lodash').map((one) => [one.id, one.package.version, one.fixedIn, one.nearestFix, one.remedy]),
    ).toEqual([
      ['CVE-2021-23337', '3.10.1', '4.17.21', null, 'upgrade lodash to 4.17.21 in app/node_modules/cli'],
      ['CVE-2021-23337', '4.17.20', '4.17.21', '4.17.21', 'upgrade lodash to 4.17.21 in app/node_modules/lodash'],
    ]);
    expect(about('lodash')[1]).toMatchObject({
      aliases: ['GHSA-aaaa-bbbb-cccc', 'GHSA-aaaa-bbbb-dddd'],
      package: { path: 'app/node_modules/lodash/package.json', instruction: 'RUN npm ci' },
    });
    expect(about('crossenv')).toMatchObject([
      {
        kind: 'malicious',
        severity: 'Critical',
        description: 'About crossenv',
        remedy: 'remove crossenv from app/node_modules/crossenv',
      },
    ]);
    expect(about('left')).toMatchObject([{ kind: 'informational' }]);
    expect(about('org.dom4j:dom4j')).toMatchObject([
      { package: { confidence: 'inferred', path: 'srv/dom4j-2.1.1.jar' } },
    ]);
    expect(totals).toEqual({ uniqueVulnerabilities: 2, occurrences: 3 });
    expect(summary).toMatchObject({ Critical: 0, High: 3 });
    expect(countedApart).toEqual({ malicious: 1, informational: 1, otherArchitecture: 0 });
  });

  it('are marked and described in the table', async () => {
    const { stdout } = await scan('--details');
    expect(stdout).toMatch(/crossenv +1\.0\.0 +MAL-2024-1 \(malicious\) +Critical +remove it/);
    expect(stdout).toMatch(/left +1\.0\.0 +RUSTSEC-2024-1 \(unmaintained\) +Unknown +notice/);
    expect(stdout).toMatch(/org\.dom4j:dom4j +2\.1\.1 .*\n +inferred/);
    expect(stdout).toContain('    in app/node_modules/lodash/package.json, layer #2 (RUN npm ci)\n');
    expect(stdout).toContain('      upgrade lodash to 4.17.21 in app/node_modules/lodash\n');
    expect(stdout).toContain('5 findings: 3 High, 1 malicious package, 1 notice\n');
    expect(stdout).toContain(
      '2 unique vulnerabilities, 3 occurrences in 3 packages; an update fixes 2 of the findings.\n',
    );
  });

  it.each<readonly [readonly string[], number, string]>([
    [['--fail-on', 'Critical'], 2, '1 finding is Critical or more severe (--fail-on)'],
    [['--fail-on', 'High'], 2, '4 findings are High or more severe (--fail-on)'],
    [
      ['--fail-on', 'High', '--allow-inferred'],
      2,
      '1 finding of packages that are only inferred would fail --fail-on High',
    ],
    [['--fail-on', 'Critical', '--fail-on-informational'], 2, '1 finding is a notice (--fail-on-informational)'],
  ])('gate: %j ends with %d', async (options, code, message) => {
    const result = await scan('--allow-incomplete', ...options);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  it('packages stand by ecosystem', async () => {
    const { stdout } = await clarion(['packages', at('image.tar'), '--db', at('db'), ...detectors]);
    expect(stdout).toMatch(/Packages +6 \(maven 1, npm 5\)/);
    expect(stdout).toMatch(/\n {2}npm 5 packages\n/);
    expect(stdout).toContain('org.dom4j:dom4j (inferred)');
  });
});
