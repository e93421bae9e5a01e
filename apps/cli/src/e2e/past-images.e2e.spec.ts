import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildImage,
  type BuiltImage,
  canStartRegistry,
  writeOciArchive,
  file,
  type RunningRegistry,
  startRegistry,
} from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

interface Finding {
  readonly id: string;
}
interface Result {
  readonly code: number | null;
  readonly stderr: string;
  readonly json: Readonly<Record<string, unknown>>;
}

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const cve = 'CVE-2005-2541';
const tracker = 'debian-security-tracker';
const samples = join(root, 'tools/sample/images/debian');
const vulnerable = readFileSync(join(samples, '1-base.status'), 'utf8');
/** Without the flaw of tar. */
const harmless = vulnerable.replace('Package: tar\n', 'Package: harmless\n').replace('Source: tar', 'Source: harmless');
const imageWith = (status: string): BuiltImage =>
  buildImage({
    layers: [
      [
        file('usr/lib/os-release', readFileSync(join(samples, 'os-release'), 'utf8')),
        file('var/lib/dpkg/status', status),
      ],
    ],
  });
const [before, after] = [imageWith(vulnerable), imageWith(harmless)];

async function run(...args: readonly string[]): Promise<Result> {
  const { code, stdout, stderr } = await clarion([...args, '--format', 'json', '--db', at('db')]);
  return { code, stderr, json: (stdout === '' ? {} : JSON.parse(stdout)) as Result['json'] };
}

const scan = (reference: string, ...more: readonly string[]): Promise<Result> =>
  run('scan', reference, '--offline', ...more);
const idsOf = ({ json }: Result): readonly string[] => (json['findings'] as readonly Finding[]).map(({ id }) => id);
const changesOf = ({ json }: Result): readonly string[] =>
  (json['items'] as readonly { readonly change: string; readonly finding: Finding }[])
    .filter(({ finding }) => finding.id === cve)
    .map(({ change }) => change);
const now = (): string => new Date().toISOString();

let loaded = '';
beforeAll(async () => {
  expect(await clarion(['update', tracker, '--from', sampleFeeds, '--db', at('db')])).toMatchObject({ code: 0 });
  loaded = now();
});

describe('what was read again, and is another one now', () => {
  it('an archive: its content of now is not shown as that of then without a warning', async () => {
    writeOciArchive(at('app.tar'), [before]);
    expect(idsOf(await scan(at('app.tar')))).toContain(cve);
    const then = now();
    expect((await scan(at('app.tar'), '--at', then)).stderr).not.toContain('is that of now');
    writeOciArchive(at('app.tar'), [after]);
    const changed = /app\.tar is that of now; what was in it at \S+ is not known here: .* first scanned here at \d{4}-/;
    const past = await scan(at('app.tar'), '--at', then);
    expect([past.stderr, idsOf(past)]).toEqual([expect.stringMatching(changed), expect.not.arrayContaining([cve])]);
    for (const args of [
      ['diff', `${at('app.tar')}@${then}`, at('app.tar')],
      ['timeline', at('app.tar'), '--to', then],
    ]) {
      expect(await run(...args)).toMatchObject({ code: 0, stderr: expect.stringMatching(changed) as string });
    }
    const known = await run('diff', `${before.manifestDigest}@${then}`, at('app.tar'));
    expect([known.stderr, changesOf(known)]).toEqual([expect.not.stringContaining('is that of now'), ['gone']]);
  });

  it('a directory: nothing is stored of it', async () => {
    mkdirSync(at('rootfs/usr/lib'), { recursive: true });
    cpSync(join(samples, 'os-release'), at('rootfs/usr/lib/os-release'));
    mkdirSync(at('rootfs/var/lib/dpkg'), { recursive: true });
    writeFileSync(at('rootfs/var/lib/dpkg/status'), harmless);
    const reference = `dir:${at('rootfs')}`;
    const changed = /rootfs is that of now; what was in it (?:at \S+|before) is not known here\n/;
    for (const args of [
      ['scan', reference, '--at', loaded],
      ['diff', `${reference}@${loaded}`, reference],
      ['timeline', reference],
    ]) {
      expect(await run(...args)).toMatchObject({ code: 0, stderr: expect.stringMatching(changed) as string });
    }
    expect((await scan(reference)).stderr).not.toMatch(changed);
  });
});

describe('a digest alone', () => {
  beforeAll(async () => {
    writeOciArchive(at('before.tar'), [before]);
    expect((await scan(at('before.tar'))).code).toBe(0);
  });

  it('is the image that was scanned here before, for every command', async () => {
    const digest = before.manifestDigest;
    const byName = await scan(at('before.tar'));
    expect(await scan(digest)).toMatchObject({ code: 0, json: byName.json });
    expect((await run('packages', digest)).json).toEqual((await run('packages', at('before.tar'))).json);
    expect(await run('explain', digest, cve)).toMatchObject({ code: 0, json: { vulnerability: cve } });
    expect(changesOf(await run('diff', digest, digest))).toEqual(['unchanged']);
    expect(changesOf(await run('diff', at('before.tar'), digest))).toEqual(['unchanged']);
    const { knownSince, indexedAt } = (await run('timeline', digest)).json;
    expect(knownSince).toBe(indexedAt);
    const early = await run('diff', `${digest}@${loaded}`, at('before.tar'));
    expect(early.json).toMatchObject({ a: { knownSince }, b: { knownSince } });
    expect([changesOf(early), early.stderr]).toEqual([
      ['unchanged'],
      expect.stringMatching(/sha256:\w+ was first scanned here at \S+: what is in it is what was found then\n/),
    ]);
  });

  it.each([
    ['which is unknown', `sha256:${'0'.repeat(64)}`, /has not scanned the image sha256:0+\b[^]*name its archive/],
    ['which is not whole', 'sha256:0123', /"sha256:0123" is not a whole digest/],
  ])('%s is an error with a remedy, and no registry is asked', async (_, digest, message) => {
    for (const args of [
      ['scan', digest, '--offline'],
      ['packages', digest],
      ['explain', digest, cve],
      ['diff', at('before.tar'), digest],
    ]) {
      const { code, stderr } = await run(...args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
      expect(stderr).not.toMatch(/registry-1|reached/);
    }
  });
});

const describeWithRegistry = canStartRegistry() ? describe : describe.skip;

describeWithRegistry('a tag that moved (needs docker-registry)', () => {
  let registry: RunningRegistry;
  let name = '';
  let then = '';
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'none' });
    name = `${registry.host}/team/app:1`;
    await registry.pushImage('team/app', '1', before);
    expect((await scan(name)).code).toBe(0);
    then = now();
    await registry.pushImage('team/app', '1', after);
    expect(idsOf(await scan(name))).not.toContain(cve);
  });
  afterAll(() => registry.close());

  it('means the image of the time, which is compared with that of now', async () => {
    const compared = await run('diff', `${name}@${then}`, name);
    expect(compared.json).toMatchObject({ a: { digest: before.manifestDigest }, b: { digest: after.manifestDigest } });
    expect(changesOf(compared)).toEqual(['gone']);
  });

  it('means it without its registry, and stderr names it', async () => {
    await registry.close();
    const named = `${name} was ${before.manifestDigest} at ${then}\n`;
    const scanned = await scan(name, '--at', then);
    expect([idsOf(scanned), scanned.stderr]).toEqual([expect.arrayContaining([cve]), expect.stringContaining(named)]);
    const line = await run('timeline', name, '--to', then);
    expect(line).toMatchObject({
      json: { image: { manifestDigest: before.manifestDigest } },
      stderr: expect.stringContaining(named) as string,
    });
    const current = await run('timeline', name);
    expect(current.json).toMatchObject({ image: { manifestDigest: after.manifestDigest } });
    const sides = await run('diff', `${name}@${then}`, `${name}@${now()}`);
    expect(changesOf(sides)).toEqual(['gone']);
    const early = await scan(name, '--at', loaded);
    expect([idsOf(early), early.stderr]).toEqual([
      expect.arrayContaining([cve]),
      expect.stringContaining(`named at ${loaded} is not known here: ${before.manifestDigest} is used`),
    ]);
  });
});

describe('data that was not loaded then', () => {
  const stored = ['--db', at('other')];
  const folderOfFeeds = ['--feeds-dir', sampleFeeds];
  const reference = `dir:${at('rootfs')}`;
  const past = async (...more: readonly string[]): Promise<readonly (string | null | number)[][]> => {
    const ran = [
      await clarion(['scan', reference, '--at', now(), ...more, ...stored]),
      await clarion(['diff', `${reference}@${now()}`, reference, ...more, ...stored]),
      await clarion(['timeline', reference, '--to', now(), ...more, ...stored]),
    ];
    return ran.map(({ code, stderr }) => [code, stderr]);
  };

  it('cannot be brought back by an update; where it is stored from another source, that is named', async () => {
    const lost = /debian-security-tracker was never loaded[^(]*what was known then cannot be loaded any more/;
    for (const answer of await past()) expect(answer).toEqual([4, expect.stringMatching(lost)]);
    const loading = ['scan', reference, '--offline', '--allow-unrated', ...folderOfFeeds, ...stored];
    expect(await clarion(loading)).toMatchObject({ code: 0 });
    const elsewhere = /\(only from file:.*\)[^]*give the --feeds-dir, or the configuration, that it was loaded with/;
    for (const answer of await past()) expect(answer).toEqual([4, expect.stringMatching(elsewhere)]);
    for (const [code] of await past(...folderOfFeeds)) expect(code).toBe(0);
  });
});

describe('once the log is pruned', () => {
  it('all commands name the same time since when the feeds are known', async () => {
    const document = readFileSync(join(sampleFeeds, tracker, 'json'), 'utf8');
    mkdirSync(at(`feeds/${tracker}`), { recursive: true });
    writeFileSync(at(`feeds/${tracker}/json`), document.replaceAll(cve, 'CVE-2005-9999'));
    expect(await clarion(['update', tracker, '--from', at('feeds'), '--db', at('db')])).toMatchObject({ code: 0 });
    expect(await clarion(['db', 'prune', '--keep-history', '0m', '--db', at('db')])).toMatchObject({ code: 0 });
    const { stdout } = await clarion(['db', 'status', '--format', 'json', '--db', at('db')]);
    const rows = JSON.parse(stdout) as readonly { readonly feed: string; readonly knownSince: string | null }[];
    const since = rows.find(({ feed }) => feed === tracker)?.knownSince ?? '-';
    const reference = `dir:${at('rootfs')}`;
    expect((await run('timeline', reference)).json).toMatchObject({ knownSince: since });
    const table = await clarion(['timeline', reference, '--db', at('db')]);
    expect(table.stdout).toContain(`\nKnown here since ${since}; what was known before ${since} is pruned\n`);
    expect((await run('diff', reference, reference)).json).toMatchObject({ a: { knownSince: since } });
    expect((await scan(reference, '--at', now())).stderr).toContain(
      `this machine knows the feeds about it since ${since}; what was known before ${since} is pruned`,
    );
  });
});
