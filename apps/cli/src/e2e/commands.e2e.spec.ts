import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { clarion, sampledFeeds, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);

describe('clarion version', () => {
  it.each([
    [['dpkg', '1.0~rc1', '1.0'], '<\n'],
    [['apk', '1.2-r1', '1.2-r0'], '>\n'],
    [['pep440', '1.0', '1.0.0'], '=\n'],
  ])('compare %j', async (args, answer) => {
    expect(await clarion(['version', 'compare', ...args])).toMatchObject({ code: 0, stdout: answer });
  });

  it('compare --batch answers each line, the bad ones too', async () => {
    const input = 'dpkg\t1\t2\nrpm\t2\t1\r\nnope\t1\t2\napk\t1\ndpkg\t\t1\napk\t1.0\t1.0';
    const { stdout, code } = await clarion(['version', 'compare', '--batch'], { input });
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '<',
      '>',
      expect.stringMatching(/^invalid: /),
      expect.stringMatching(/^invalid: /),
      expect.stringMatching(/^invalid: /),
      '=',
      '',
    ]);
  });

  it.each([
    ['1.2.3-4', '<1.2.4', 0, 'yes\n'],
    ['1.2.4-1', '>=1.0, <1.2.4 || =2', 1, 'no\n'],
  ])('matches rpm %s %s', async (version, range, code, stdout) => {
    expect(await clarion(['version', 'matches', 'rpm', version, range])).toMatchObject({ code, stdout });
  });

  it.each([
    ['an invalid range', 'npm', '^1.2'],
    ['an unknown scheme', 'nmp', '<2'],
  ])('does not report "no" for %s', async (_, scheme, range) => {
    expect(await clarion(['version', 'matches', scheme, '1.2.3', range])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^clarion: /) as string,
    });
  });

  it('does not report "no" where the result is undetermined', async () => {
    expect(await clarion(['version', 'matches', 'apk', '0.8.21-r0', '<0.8.21.r2'])).toMatchObject({
      code: 3,
      stdout: 'undetermined\n',
      stderr: expect.stringContaining('the version or a bound is not a version of the scheme apk') as string,
    });
    const { stdout, stderr } = await clarion(['version', 'compare', 'apk', '1.0-r0', '1.0.r1']);
    expect([stdout, stderr]).toEqual(['>\n', expect.stringContaining('"1.0.r1" is not a version of the scheme apk')]);
  });

  it('refuses an unknown scheme and names the known ones', async () => {
    const { code, stderr } = await clarion(['version', 'compare', 'dkpg', '1', '2']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no version scheme "dkpg".*dpkg/);
  });
});

describe('clarion serve', () => {
  it.each([
    ['--public-url', 'foo', /--public-url must be an address that begins with https:/],
    ['--public-url', 'ftp://x.example', /--public-url must be an address/],
    ['--layer-memory', '1MiB', /--layer-memory is too little .*64MiB/],
    ['--webhook-ports', 'abc', /--webhook-ports must be ports.*; correct the option/],
  ])('refuses %s %s', async (option, value, message) => {
    const result = await clarion([
      'serve',
      '--no-updates',
      '--listen',
      '127.0.0.1:0',
      '--db',
      at('none'),
      option,
      value,
    ]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(message) as string });
  });
});

describe('clarion update and db', () => {
  const mirror = at('mirror');
  const loadMirror = () => clarion(['update', ...sampledFeeds, '--from', mirror, '--db', at('db')]);
  beforeAll(() => {
    cpSync(sampleFeeds, mirror, { recursive: true });
  });

  it('loads a mirror, then finds it unchanged', async () => {
    const first = await loadMirror();
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(/debian-security-tracker: \d+ packages changed/);
    const second = await loadMirror();
    expect(second.stderr).toMatch(/debian-security-tracker: unchanged/);
    const status = await clarion(['db', 'status', '--format', 'json', '--db', at('db')]);
    const rows = JSON.parse(status.stdout) as { feed: string; advisories: number | null; lastError: string | null }[];
    expect(rows.find(({ feed }) => feed === 'debian-security-tracker')).toMatchObject({
      advisories: 38,
      lastError: null,
    });
    expect(rows.find(({ feed }) => feed === 'cisa-kev')).toMatchObject({ advisories: 0, records: 2, problems: 0 });
    // A feed that was never loaded has no count.
    const never = { groups: null, advisories: null, records: null, problems: null };
    expect(rows.find(({ feed }) => feed === 'photon')).toMatchObject({ ...never, knownSince: null });
  });

  it('keeps the facts of a feed that broke, reports it, and updates the others', async () => {
    writeFileSync(join(mirror, 'debian-security-tracker/json'), '{"openssl": {"CVE-1');
    const { code, stderr } = await loadMirror();
    expect(code).toBe(1);
    expect(stderr).toMatch(/debian-security-tracker was not updated/);
    expect(stderr).toMatch(/alpine-secdb: unchanged/);
    const status = await clarion(['db', 'status', '--db', at('db')]);
    expect(status.stdout).toMatch(/debian-security-tracker .* 38 /);
    const feeds = (await clarion(['feeds', '--db', at('db')])).stdout;
    expect(feeds).toMatch(/debian-security-tracker +true +warning /);
    expect(feeds).toMatch(/warning: debian-security-tracker has had no success for 0 minutes: /);
    expect(feeds.split('\n').filter((line) => line.length > 100)).toEqual([]);
    const listed = await clarion(['feeds', '--format', 'json', '--db', at('db')]);
    expect(JSON.parse(listed.stdout)).toContainEqual(
      expect.objectContaining({
        id: 'debian-security-tracker',
        level: 'warning',
        ageSeconds: expect.any(Number) as number,
        lastError: expect.stringContaining('JSON') as string,
      }),
    );
    // Times are not split, and an error is on a separate line below the table.
    expect(status.stdout).toMatch(
      /^debian-security-tracker +warning +\d{4}-\d\d-\d\d \d\d:\d\d +\d{4}-\d\d-\d\d \d\d:\d\d /m,
    );
    expect(status.stdout).toMatch(/\n\ndebian-security-tracker: \S/);
  });

  it('reports which feeds a mirror lacks, and treats that as a failure of each requested one', async () => {
    const update = (...more: readonly string[]) =>
      clarion(['update', '--from', sampleFeeds, '--db', at('lacking'), ...more]);
    const { code, stderr } = await update();
    expect(code).toBe(1);
    const wanted = feedSources.filter(({ enabled }) => enabled !== false).map(({ id }) => id);
    const lacking = wanted.filter((id) => !sampledFeeds.includes(id));
    const warned = [...stderr.matchAll(/^clarion: warning: (\S+) was not updated: .* has no folder \1;/gm)].map(
      ([, id]) => id,
    );
    expect(warned.sort()).toEqual([...lacking].sort());
    const listed = await clarion(['feeds', '--format', 'json', '--db', at('lacking')]);
    expect(JSON.parse(listed.stdout)).toContainEqual(
      expect.objectContaining({
        id: 'epss',
        level: 'warning',
        lastError: expect.stringContaining('has no folder epss') as string,
      }),
    );
    writeFileSync(at('subset.yaml'), `feeds: {disable: [${lacking.join(', ')}]}\n`);
    expect((await update('--config', at('subset.yaml'))).code).toBe(0);
  });

  it('rejects an unknown feed', async () => {
    expect(await clarion(['update', 'debain', '--db', at('db')])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no feed "debain"/) as string,
    });
  });

  it('prunes', async () => {
    const pruned = await clarion(['db', 'prune', '--unused-for', '1d', '--db', at('db')]);
    expect(pruned).toMatchObject({ code: 0, stdout: 'forgot 0 images, 0 layers, 0 feeds, 0 changes of feeds\n' });
    rmSync(mirror, { recursive: true });
  });
});

describe('lists and help', () => {
  let bashScript = '';
  beforeAll(async () => {
    bashScript = (await clarion(['completion', 'bash'])).stdout;
  });

  it.each([
    [['detectors'], /dpkg +feature +\d+ +true[^]*python +feature +\d+ +true/],
    [['detectors', '--disable-detectors', 'node, python'], /python +feature +\d+ +false[^]*Off: .*node, python/],
    [['feeds', '--db', at('never')], /alpine-secdb +true +waiting/],
    [['feeds', '--layout'], /debian-security-tracker\/json/],
    [['update', '--list'], /debian-security-tracker/],
    [['--version'], /^clarion \d+\.\d+\.\d+/],
    [['version'], /^clarion \d+\.\d+\.\d+/],
    [['help'], /Examples:/],
    [['help', 'scan'], /Exit codes:/],
    [['scan', '--help'], /docker-archive:FILE/],
  ])('%j', async (args, text) => {
    expect(await clarion(args)).toMatchObject({ code: 0, stdout: expect.stringMatching(text) as string });
  });

  it.each([[['feeds']], [['detectors']], [['update', '--list']], [['db', 'status']]])(
    '%j fits into 100 columns',
    async (args) => {
      const { stdout, code } = await clarion([...args, '--db', at('empty-db')]);
      expect(code).toBe(0);
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(stdout.split('\n').length).toBeGreaterThan(5);
    },
  );

  it('rejects an unknown detector to disable, with the one that was meant', async () => {
    expect(await clarion(['detectors', '--disable-detectors', 'pyhton'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no detector "pyhton" to disable; did you mean python\?/) as string,
    });
  });

  it('suggests the intended command', async () => {
    expect(await clarion(['scna', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/did you mean scan/) as string,
    });
  });

  it.each(['bash', 'zsh', 'fish'])('completion for %s names commands and options', async (shell) => {
    const { stdout } = await clarion(['completion', shell]);
    for (const word of ['scan', 'packages', 'fail-on', 'prune']) expect(stdout).toContain(word);
  });

  it.each([
    ['db pr', 'prune'],
    ['scan --no-match --fo', '--format'],
    ['serve --no-updates --log-l', '--log-level'],
    ['--db /tmp scan --fail-on Hi', 'High'],
    ['--db /tmp db pr', 'prune'],
    ['--db = /tmp scan --fail-on Hi', 'High'],
    ['--db scan db pr', 'prune'],
    ['scan --image version --fail-on Hi', 'High'],
    ['--quiet scan --fail-on Hi', 'High'],
    ['scan image.tar --fo', '--format'],
    ['scan image.tar --format j', 'json'],
    ['scan image.tar --format = j', 'json'],
    ['scan image.tar --fail-on Hi', 'High'],
    ['scan image.tar --severity Critical,Me', 'Critical,Medium'],
    ['packages image.tar --format cy', 'cyclonedx'],
    ['update debian-s', 'debian-security-tracker'],
    ['version compare pep', 'pep440'],
    ['scan podm', 'podman:'],
    ['completion fi', 'fish'],
  ])('bash completes "clarion %s"', (line, expected) => {
    const words = line.split(' ');
    const typed = `COMP_WORDS=(clarion ${words.join(' ')}) COMP_CWORD=${words.length}`;
    const script = `${bashScript}\n${typed}\n_clarion\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    const bash = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: folder.path });
    expect([bash.stderr, bash.stdout]).toEqual(['', `${expected}\n`]);
  });
});
