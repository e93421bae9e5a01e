import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildElf,
  buildImage,
  directory,
  file,
  symlink,
  whiteout,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
  type BuiltImage,
} from '@clarion/test-kit';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Report } from '@clarion/model';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images', name), 'utf8');

/** Debian 12 with a layer that adds curl and removes nothing; the same as the sample. */
function debian(): BuiltImage {
  return buildImage({
    repoTags: ['example/debian:12'],
    compression: 'gzip',
    layers: [
      [
        symlink('etc/os-release', '../usr/lib/os-release'),
        file('usr/lib/os-release', fixture('debian/os-release')),
        file('var/lib/dpkg/status', fixture('debian/1-base.status')),
      ],
      [file('var/lib/dpkg/status', fixture('debian/2-curl.status'))],
    ],
  });
}

function parsed(result: CommandResult): Report {
  return JSON.parse(result.stdout) as Report;
}

const data = ['--feeds-dir', sampleFeeds, '--db', at('db')];

describe('clarion scan', () => {
  const image = debian();
  beforeAll(() => {
    writeDockerArchive(at('docker.tar'), image, { form: 'v1.1' });
    // Only Debian provides severities.
    writeFileSync(at('rated.yaml'), 'feeds:\n  disable: [nvd]\n');
    writeDockerArchive(at('docker.tar.gz'), image, { form: 'legacy-directories', compression: 'gzip' });
    writeDockerArchive(at('docker-oci.tar'), image, { form: 'oci-carrying' });
    writeOciLayout(at('layout'), image);
    writeOciArchive(at('oci.tar'), image);
  });

  it.each([
    ['', 100],
    ['90', 90],
    ['140', 140],
    ['wide', 100],
  ])('fits where there is no terminal, with COLUMNS=%j, into %d columns', async (COLUMNS, width) => {
    const env = { COLUMNS, CLARION_ALLOW_INCOMPLETE: 'yes' };
    const { stdout, code } = await clarion(['scan', at('docker.tar'), '--details', ...data], { env });
    expect(code).toBe(0);
    const widest = Math.max(...stdout.split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(width);
    expect(widest).toBeGreaterThan(width - 30);
  });

  it.each([
    ['CLARION_ALLOW_INCOMPLETE', 'flase'],
    ['CLARION_NO_MATCH', 'maybe'],
  ])('refuses %s=%s', async (name, text) => {
    const { stdout, stderr, code } = await clarion(['scan', at('docker.tar'), ...data], { env: { [name]: text } });
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toContain(`${name} must be true or false, not "${text}"`);
  });

  it('reports the sample: ids, states, fixes, layers', async () => {
    const result = await clarion(['scan', at('docker.tar'), '--format', 'json', ...data]);
    const report = parsed(result);
    expect(result.code).toBe(0);
    const found = Object.fromEntries(
      report.findings.map((finding) => [`${finding.id} ${finding.package.name}`, finding]),
    );
    expect(found['CVE-2024-5535 libssl3']).toMatchObject({
      state: 'fixed',
      fixedIn: '3.0.15-1~deb12u1',
      package: { layer: image.layers[1]?.diffId, path: 'var/lib/dpkg/status' },
    });
    expect(found['CVE-2023-45853 zlib1g']).toMatchObject({
      state: 'will_not_fix',
      fixedIn: null,
      package: { layer: image.layers[0]?.diffId },
    });
    expect(found['CVE-2024-11053 curl']).toMatchObject({ state: 'fix_deferred', severity: 'Low' });
    expect(found['CVE-2005-2541 tar']).toMatchObject({ state: 'affected', severity: 'Negligible' });
    // Never affected ("fixed_version": "0"), fixed long before, and fixed exactly in the installed source version.
    for (const absent of ['CVE-2024-3094 liblzma5', 'CVE-2022-37434 zlib1g', 'CVE-2023-4911 libc6'])
      expect(found[absent]).toBeUndefined();
    expect(report.coverage).toMatchObject({
      complete: true,
      uncovered: [],
      namespaces: [{ id: 'debian:12', feeds: ['debian-security-tracker'] }],
    });
  });

  it('writes the same bytes again, and opens no layer', async () => {
    const first = await clarion(['scan', at('docker.tar'), '--format', 'json', ...data]);
    const second = await clarion(['scan', at('docker.tar'), '--format', 'json', ...data]);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain('0 read and 2 known');
  });

  it.each(['docker.tar.gz', 'docker-oci.tar', 'layout', 'oci.tar'])('finds the same in %s', async (name) => {
    const wanted = parsed(await clarion(['scan', at('docker.tar'), '--format', 'json', ...data]));
    const report = parsed(
      await clarion(['scan', at(name), '--format', 'json', '--feeds-dir', sampleFeeds, '--db', at(`db-${name}`)]),
    );
    // Not every archive says how its layers were built.
    const findingsOf = ({ findings }: Report) =>
      findings.map(({ package: { instruction: _, ...pkg }, ...rest }) => ({ ...rest, package: pkg }));
    expect([findingsOf(report), report.packages, report.namespaces]).toEqual([
      findingsOf(wanted),
      wanted.packages,
      wanted.namespaces,
    ]);
  });

  it('conforms to the published schemas', async () => {
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats(ajv);
    const schema = (name: string): object =>
      JSON.parse(readFileSync(join(root, 'docs/schemas', name), 'utf8')) as object;
    const report = ajv.compile(schema('report-v1.json'));
    const inventory = ajv.compile(schema('inventory-v1.json'));
    expect([
      report(parsed(await clarion(['scan', at('docker.tar'), '--format', 'json', ...data]))),
      report.errors,
    ]).toEqual([true, null]);
    const packages = await clarion(['packages', at('docker.tar'), '--format', 'json', '--db', at('db')]);
    expect([inventory(JSON.parse(packages.stdout)), inventory.errors]).toEqual([true, null]);
  });

  it('writes no colours and no bars off a terminal, and nothing at all to stderr when quiet', async () => {
    const plain = await clarion(['scan', at('docker.tar'), ...data], { env: { CI: 'true' } });
    expect(plain.stdout).toContain('CVE-2024-5535');
    expect(`${plain.stdout}${plain.stderr}`).not.toMatch(/\u001b/);
    expect((await clarion(['scan', at('docker.tar'), '--quiet', ...data])).stderr).toBe('');
  });

  it.each([
    ['passes without a gate', [], 0],
    [
      'passes a gate that nothing reaches',
      ['--fail-on', 'Critical', '--allow-unrated', '--config', at('rated.yaml')],
      0,
    ],
    ['is violated', ['--fail-on', 'low'], 2],
    ['evaluates what is hidden as well', ['--fail-on', 'Low', '--severity', 'Critical'], 2],
  ])('policy %s', async (_name, flags, code) => {
    expect((await clarion(['scan', at('docker.tar'), ...flags, ...data])).code).toBe(code);
  });

  it('shows only the requested findings, and reports how many it hides', async () => {
    const result = await clarion([
      'scan',
      at('docker.tar'),
      '--format',
      'json',
      '--severity',
      'High',
      '--ignore-unfixed',
      ...data,
    ]);
    expect(new Set(parsed(result).findings.map(({ severity }) => severity))).toEqual(new Set(['High']));
    expect(result.stderr).toMatch(/\d+ findings are hidden by --severity\n/);
  });

  it('writes to a file, and lists packages without matching', async () => {
    const result = await clarion([
      'scan',
      at('docker.tar'),
      '--no-match',
      '--format',
      'json',
      '--output',
      at('out.json'),
      '--db',
      at('db'),
    ]);
    expect([result.code, result.stdout]).toEqual([0, '']);
    expect((JSON.parse(readFileSync(at('out.json'), 'utf8')) as Report).packages).toHaveLength(15);
  });

  it('reports what no detector reads, in scan and packages alike, until it is accepted', async () => {
    const archive = file('app/classes/Main.class', '{}');
    const program = file(
      'opt/tool',
      buildElf({ bits: 64, bigEndian: false }, [{ name: '.text', content: 'x'.repeat(600) }]),
    );
    const base = file('var/lib/dpkg/status', fixture('debian/1-base.status'));
    const release = file('etc/os-release', fixture('debian/os-release'));
    const image = buildImage({
      layers: [
        [release, base],
        [archive, program],
      ],
    });
    writeDockerArchive(at('languages.tar'), image, { form: 'v1.1' });
    const both = [{ id: 'generic' }, { id: 'maven', example: 'app/classes/Main.class' }];
    const inventory = await clarion(['packages', at('languages.tar'), '--format', 'json', '--db', at('db')]);
    expect([inventory.code, JSON.parse(inventory.stdout)]).toMatchObject([3, { ecosystems: both }]);
    expect(inventory.stderr).toContain(
      'no detector reads (--allow-unread accepts them): generic (1 file), maven (1 file)',
    );
    const accept = ['--allow-unread', 'maven,generic'];
    expect((await clarion(['packages', at('languages.tar'), ...accept, '--db', at('db')])).code).toBe(0);
    const scanned = await clarion(['scan', at('languages.tar'), '--format', 'json', ...data]);
    expect([scanned.code, parsed(scanned).coverage]).toMatchObject([3, { ecosystems: both, complete: false }]);
    expect((await clarion(['scan', at('languages.tar'), ...accept, ...data])).code).toBe(0);
    const wrong = await clarion(['packages', at('languages.tar'), '--allow-unread', 'nmp', '--db', at('db')]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('"nmp" is not an ecosystem')]);
  });

  it('takes options from the environment and from clarion.yaml', async () => {
    writeFileSync(at('clarion.yaml'), `feedsDir: ${sampleFeeds}\nformat: json\n`);
    const result = await clarion(['scan', at('docker.tar')], { cwd: folder.path, env: { CLARION_DB: at('db') } });
    expect(parsed(result).findings.length).toBeGreaterThan(10);
  });
});

describe('clarion scan rejects a misleading clean result', () => {
  const empty = (): readonly string[] => ['--db', at('empty-db')];

  it('without data, with exit code 4', async () => {
    const result = await clarion(['scan', at('docker.tar'), '--offline', ...empty()]);
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toMatch(/no advisory data for debian:12.*clarion update/);
  });

  it('when the feed cannot be reached and was never loaded', async () => {
    const result = await clarion(['scan', at('docker.tar'), ...empty()], {
      env: { HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1', NO_PROXY: '', no_proxy: '' },
    });
    expect(result).toMatchObject({ code: 4, stdout: '' });
  }, 300_000);

  it.each([
    [
      'an unsupported distribution',
      [
        file('etc/os-release', 'ID=slackware\nVERSION_ID="15.0"\n'),
        file('var/lib/dpkg/status', fixture('debian/1-base.status')),
      ],
    ],
    ['no distribution at all', [file('var/lib/dpkg/status', fixture('debian/1-base.status'))]],
    ['nothing in the image', [file('hello', 'x')]],
    [
      'an unreadable database',
      [
        file('etc/os-release', fixture('debian/os-release')),
        file('var/lib/rpm/rpmdb.sqlite', 'SQLite format 3\0garbage'),
      ],
    ],
    [
      'a removed database',
      [
        file('etc/os-release', fixture('debian/os-release')),
        directory('var/lib/dpkg'),
        whiteout('var/lib/dpkg/status'),
      ],
    ],
    [
      'a release that is newer than the data',
      [
        file('etc/os-release', 'ID=debian\nVERSION_ID="99"\n'),
        file('var/lib/dpkg/status', fixture('debian/1-base.status')),
      ],
    ],
  ])('for %s, with exit code 3 and a reason', async (_name, entries) => {
    writeDockerArchive(at('odd.tar'), buildImage({ layers: [entries] }), { form: 'v1.1' });
    const result = await clarion(['scan', at('odd.tar'), ...data]);
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(/the scan is incomplete: \S/);
    expect((await clarion(['scan', at('odd.tar'), '--allow-incomplete', ...data])).code).toBe(0);
  });
});

describe('bad input ends with one clear line', () => {
  const image = debian();
  beforeAll(() => {
    writeFileSync(at('text.tar'), 'this is not an archive\n'.repeat(100));
    writeFileSync(at('empty.tar'), '');
    writeDockerArchive(at('whole.tar'), image, { form: 'v1.1' });
    const whole = readFileSync(at('whole.tar'));
    writeFileSync(at('cut.tar'), whole.subarray(0, 1500));
    writeFileSync(at('cut-layer.tar'), whole.subarray(0, whole.length - 4096));
    writeDockerArchive(
      at('liar.tar'),
      buildImage({ layers: [[file('x', 'y')]], declare: { diffIds: { 0: `sha256:${'0'.repeat(64)}` } } }),
      { form: 'v1.1' },
    );
    // Highly compressible: its ratio is that of a decompression bomb.
    writeDockerArchive(
      at('bomb.tar'),
      buildImage({ compression: 'gzip', layers: [[file('zeros', Buffer.alloc(300 * 1024 * 1024))]] }),
      { form: 'v1.1' },
    );
  }, 300_000);

  it.each([
    ['not an archive', ['text.tar']],
    ['an empty file', ['empty.tar']],
    ['a truncated archive', ['cut.tar']],
    ['an archive that lies about a layer', ['liar.tar']],
    ['a decompression bomb', ['bomb.tar']],
    ['a file that is not there', ['nowhere.tar']],
    ['an invalid platform', ['whole.tar', '--platform', 'amd64']],
    ['an invalid format', ['whole.tar', '--format', 'pdf']],
    ['an invalid severity', ['whole.tar', '--fail-on', 'terrible']],
    ['a data directory that is a file', ['whole.tar', '--db', 'text.tar']],
    ['a feed directory that is not there', ['whole.tar', '--feeds-dir', 'nowhere']],
    ['a host that does not answer', ['registry:127.0.0.1:1/a/b:1']],
  ])(
    '%s',
    async (_name, args) => {
      const result = await clarion(
        ['scan', ...args, '--db', at('bad-db')].concat(args.includes('--db') ? ['--db', 'text.tar'] : []),
        { cwd: folder.path },
      );
      expect([1, 3]).toContain(result.code);
      expect(result.stdout).toBe('');
      const lines = result.stderr.trimEnd().split('\n');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^clarion: \S.{10,}/);
    },
    60_000,
  );

  it('and as JSON when asked', async () => {
    const result = await clarion(['scan', 'nowhere.tar', '--json-errors', '--db', at('bad-db')], { cwd: folder.path });
    expect(JSON.parse(result.stderr)).toMatchObject({
      error: { code: 'not-found', remedy: expect.any(String) as string },
    });
  });

  it('mistakes in options and warnings, too', async () => {
    const mistyped = await clarion(['scna', '--json-errors'], { cwd: folder.path });
    expect(JSON.parse(mistyped.stderr)).toEqual({
      error: { code: 'invalid-input', message: 'There is no command "scna"', remedy: 'did you mean scan?' },
    });
    const warned = await clarion(['version', 'compare', 'apk', '1.0', '1.0.r1', '--json-errors']);
    expect(JSON.parse(warned.stderr)).toEqual({ warning: { message: expect.stringContaining('"1.0.r1"') as string } });
  });
});
