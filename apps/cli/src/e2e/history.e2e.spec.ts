import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, canStartRegistry, file, type RunningRegistry, startRegistry } from '@clarion/test-kit';
import Ajv2020 from 'ajv/dist/2020';
import { clarion, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

type Json = Record<string, unknown>;
const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...names: string[]): string => join(folder.path, ...names);
const image = `dir:${at('rootfs')}`;
const db = ['--db', at('db')];
const tracker = 'debian-security-tracker';
const cve = 'CVE-2005-2541';

const validate = (name: string, text: string): Json => {
  const schema = JSON.parse(readFileSync(join(root, 'docs/schemas', name), 'utf8')) as object;
  const check = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  const json = JSON.parse(text) as Json;
  expect([check(json), check.errors]).toEqual([true, null]);
  return json;
};

/** Loads the tracker, where tar has the flaw, or a version of it with the fix. */
async function update(fixed: string | undefined): Promise<string> {
  const document = join(at('feeds'), tracker, 'json');
  const json = JSON.parse(readFileSync(join(sampleFeeds, tracker, 'json'), 'utf8')) as Record<
    string,
    Record<string, Json>
  >;
  const releases = json['tar']?.[cve]?.['releases'] as Record<string, Json>;
  if (fixed !== undefined) releases['bookworm'] = { status: 'resolved', fixed_version: fixed, urgency: 'low' };
  mkdirSync(join(at('feeds'), tracker), { recursive: true });
  writeFileSync(document, JSON.stringify(json));
  expect(await clarion(['update', tracker, '--from', at('feeds'), ...db])).toMatchObject({ code: 0 });
  return new Date().toISOString();
}

let before = '';
let fixed = '';
let loaded = '';
beforeAll(async () => {
  const samples = join(root, 'tools/sample/images/debian');
  mkdirSync(at('rootfs/usr/lib'), { recursive: true });
  cpSync(join(samples, 'os-release'), at('rootfs/usr/lib/os-release'));
  cpSync(join(samples, '1-base.status'), at('rootfs/var/lib/dpkg/status'));
  before = new Date().toISOString();
  loaded = await update(undefined);
  await update('99.0');
  fixed = new Date().toISOString();
});

const scanAt = async (
  time: string,
): Promise<{ readonly code: number | null; readonly stderr: string; readonly line: string }> => {
  const { code, stdout, stderr } = await clarion(['scan', image, '--format', 'json', '--at', time, ...db]);
  const { findings = [] } = (stdout === '' ? {} : JSON.parse(stdout)) as {
    findings?: readonly { readonly id: string; readonly state: string; readonly fixedIn: string | null }[];
  };
  const found = findings.find(({ id }) => id === cve);
  return { code, stderr, line: found === undefined ? '' : `${found.state} ${found.fixedIn ?? '-'}` };
};

describe('what was known when', () => {
  it('is reported by scan --at, with how far back it is valid', async () => {
    const first = await scanAt(loaded);
    expect(first.line).toBe('affected -');
    expect(first.stderr).toMatch(/as known at .*; this machine knows the feeds about it since \d{4}-/);
    expect((await scanAt(fixed)).line).toBe('fixed 99.0');
  });

  it('is not a clean result before the feeds were loaded, or in the future', async () => {
    expect(await scanAt(before)).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/ask for a time from \d{4}-/) as string,
    });
    expect(await scanAt('2999-01-01')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is in the future/) as string,
    });
    expect(await scanAt('soon')).toMatchObject({ code: 1, stderr: expect.stringMatching(/is not a time/) as string });
  });

  it('is a time line', async () => {
    const { code, stdout } = await clarion(['timeline', image, '--format', 'json', ...db]);
    expect(code).toBe(0);
    const { findings } = validate('timeline-v1.json', stdout) as { findings: readonly Json[] };
    const found = findings.find(({ id }) => id === cve);
    expect(found).toMatchObject({
      until: null,
      steps: [
        { cause: { kind: 'start' }, state: 'affected' },
        { cause: { kind: 'data', feed: tracker }, state: 'fixed', fixedIn: '99.0' },
      ],
    });
    const table = await clarion(['timeline', image, '--from', loaded, ...db]);
    expect(table.stdout).toMatch(
      /^\S+ {2}debian-security-tracker\n {2}changed +CVE-2005-2541 +\w+ → Low +tar .* affected → fixed in 99\.0\n/,
    );
    expect(table.stdout).toMatch(/\n\d+ findings known from the start did not change: .*; --all lists them\n/);
    expect(table.stdout).toMatch(/\nKnown here since \d{4}-.*\n$/);
    expect(table.stdout).not.toMatch(/^ +known /m);
    const all = await clarion(['timeline', image, '--from', loaded, '--all', ...db]);
    expect(all.stdout).toMatch(/^\S+ {2}known then\n {2}known +CVE-/);
  });

  it('says from when it is complete, and is not empty where nothing is known', async () => {
    const { code, stdout } = await clarion(['timeline', image, '--from', before, '--format', 'json', ...db]);
    expect([code, validate('timeline-v1.json', stdout)]).toMatchObject([0, { from: before, complete: true }]);
    expect(JSON.parse(stdout)).toMatchObject({ completeFrom: expect.not.stringMatching(before) as string });
    const table = await clarion(['timeline', image, '--from', before, ...db]);
    expect(table.stdout).toMatch(/\nBefore \S+ less is known: findings may be missing\n$/);
    expect(await clarion(['timeline', image, '--from', before, '--to', before, ...db])).toMatchObject({
      ...{ code: 4, stdout: '' },
      stderr: expect.stringMatching(/nothing was known here of .*ask for a time from/) as string,
    });
  });

  it('ends as scan does where the report of its end is incomplete', async () => {
    cpSync(at('rootfs'), at('broken'), { recursive: true });
    mkdirSync(at('broken/var/lib/dpkg/status.d'), { recursive: true });
    writeFileSync(at('broken/var/lib/dpkg/status.d/x'), 'Package: x\nStatus: install ok installed\n');
    const { code, stdout, stderr } = await clarion(['timeline', `dir:${at('broken')}`, '--format', 'json', ...db]);
    const scanned = await clarion(['scan', `dir:${at('broken')}`, '--offline', '--format', 'json', ...db]);
    expect(code).toBe(scanned.code);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, incomplete: ['problems'] });
    const reason = /the scan is incomplete: (.*)/.exec(scanned.stderr)?.[1] ?? '-';
    expect(stderr).toContain(`the time line is incomplete: ${reason}`);
  });

  it('is compared', async () => {
    cpSync(at('rootfs'), at('other'), { recursive: true });
    const status = readFileSync(at('rootfs/var/lib/dpkg/status'), 'utf8');
    writeFileSync(at('other/var/lib/dpkg/status'), status.replace(/(Package: tar\n[^]*?Version: )[^\n]+/, '$199.1'));
    const upgraded = await clarion(['diff', image, `dir:${at('other')}`, '--format', 'json', ...db]);
    expect(upgraded.code).toBe(0);
    expect(validate('comparison-v1.json', upgraded.stdout)).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          change: 'gone',
          cause: 'package',
          finding: expect.objectContaining({ id: cve }) as unknown,
        }),
      ]) as unknown,
    });
    const back = await clarion(['diff', `dir:${at('other')}`, image, '--fail-on', 'Unknown', ...db]);
    expect(back.code).toBe(2);
    expect(back.stdout).toMatch(/^A: .*\nB: .*\n\nadded \(\d+\):\n {2}[^]*CVE-2005-2541 +\w+ +tar .* package, base\n/);
    const then = await clarion(['diff', `${image}@${loaded}`, image, ...db]);
    expect([then.code, then.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^A: .*, as known at .*Z\nB: .*\n\nchanged \(1\):\n {2}CVE-2005-2541 .* affected → fixed in 99\.0 +data, base\n\n.* Total\nadded .* 0\nchanged .* 1\ngone .* 0\n/,
      ),
    ]);
  });

  it('is compared with a bar for what became worse, and says what is incomplete', async () => {
    const worse = await clarion(['diff', image, `${image}@${loaded}`, '--fail-on', 'Unknown', ...db]);
    // The fix is gone: no bar knows that.
    expect([worse.code, worse.stdout]).toEqual([0, expect.stringMatching(/fixed in 99\.0 → affected/) as string]);
    mkdirSync(at('empty'), { recursive: true });
    const empty = await clarion(['diff', image, `dir:${at('empty')}`, '--quiet', ...db]);
    expect([empty.code, empty.stdout]).toEqual([
      3,
      expect.stringMatching(/^A: .*\nB: .*\n {3}incomplete, so findings may be missing: no packages found/) as string,
    ]);
    const accepted = await clarion([
      'diff',
      image,
      `dir:${at('empty')}`,
      '--format',
      'json',
      '--allow-incomplete',
      ...db,
    ]);
    expect(accepted.code).toBe(0);
    expect(validate('comparison-v1.json', accepted.stdout)).toMatchObject({
      a: { complete: true, incomplete: [], digest: null, knownSince: expect.any(String) as string },
      b: { complete: false, incomplete: ['no-packages'] },
    });
    const old = await clarion(['diff', image, `${image}@${loaded}`, '--max-feed-age', '0m', ...db]);
    expect([old.code, old.stderr]).toEqual([4, expect.stringMatching(/advisory data is stale: debian-sec/) as string]);
  });

  it.each(['2026-13-01', 'yesterday', ''])('is not compared at the time "%s"', async (time) => {
    const { code, stderr } = await clarion(['diff', `${image}@${time}`, image, ...db]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/is followed by @ and .*; write it as 2026-/) as string]);
  });
});

describe('the history of a directory of feeds (--feeds-dir)', () => {
  const own = ['--db', at('db2')];
  const revisions = (...more: string[]) => clarion(['db', 'revisions', tracker, ...own, ...more]);
  const days = ['d1', 'd2'];

  beforeAll(async () => {
    for (const name of days) {
      cpSync(at('feeds'), at(name), { recursive: true });
      const scanned = await clarion(['scan', image, '--feeds-dir', at(name), '--offline', '--allow-unrated', ...own]);
      expect(scanned).toMatchObject({ code: 0 });
    }
  }, 120_000);

  it('has its revisions, which are not those of the feed from its own source', async () => {
    for (const name of days) {
      const listed = await revisions('--feeds-dir', at(name), '--format', 'json');
      expect([listed.code, JSON.parse(listed.stdout)]).toMatchObject([0, [{ first: true, changes: 0 }]]);
    }
    const without = await revisions();
    expect([without.code, without.stdout]).toEqual([4, '']);
    expect(without.stderr).toContain(`only from file://${at('d1', tracker)}/ and file://${at('d2', tracker)}/`);
    expect(without.stderr).toContain('give the --feeds-dir');
    const never = await clarion(['db', 'revisions', 'nvd', '--db', at('db')]);
    expect(never).toMatchObject({ code: 0, stderr: expect.stringContaining('nvd was never loaded') as string });
    expect(await clarion(['db', 'revisions', 'nvt', ...own])).toMatchObject({ code: 1, stdout: '' });
  });

  it('is shown by db status with the directory', async () => {
    const { stdout } = await clarion(['db', 'status', ...own]);
    const titles = days.map((name) => `(--feeds-dir, mirrors), from file://${at(name)}/:`);
    expect(stdout.match(/\(--feeds-dir, mirrors\), .*/g)).toEqual(titles);
    expect(stdout.match(/^debian-security-tracker +\d{4}-.*$/gm)).toHaveLength(2);
  });
});

const describeWithRegistry = canStartRegistry() ? describe : describe.skip;

describeWithRegistry('an image that was scanned here before (needs docker-registry)', () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'none' });
  });
  afterAll(() => registry.close());

  it('is known by its digest and its name, without its registry', async () => {
    const status = readFileSync(at('rootfs/var/lib/dpkg/status'), 'utf8');
    const os = readFileSync(at('rootfs/usr/lib/os-release'), 'utf8');
    const built = buildImage({ layers: [[file('usr/lib/os-release', os), file('var/lib/dpkg/status', status)]] });
    await registry.pushImage('team/app', '1', built);
    const name = `${registry.host}/team/app:1`;
    const json = ['--format', 'json', ...db];
    const scanned = await clarion(['scan', name, '--offline', '--insecure-registry', ...json]);
    expect(scanned.code).toBe(0);
    await registry.close();
    const now = new Date().toISOString();
    for (const reference of [name, built.manifestDigest]) {
      const line = await clarion(['timeline', reference, ...json]);
      expect(validate('timeline-v1.json', line.stdout)).toMatchObject({
        image: { reference: name, manifestDigest: built.manifestDigest },
        indexedAt: expect.any(String) as string,
      });
      const then = await clarion(['scan', reference, '--at', now, ...json]);
      expect([then.code, then.stdout]).toEqual([0, scanned.stdout]);
    }
    const same = await clarion(['diff', `${name}@${now}`, `${built.manifestDigest}@${now}`, ...json]);
    const { items, ...sides } = validate('comparison-v1.json', same.stdout);
    expect(sides).toMatchObject({ a: { digest: built.manifestDigest }, b: { digest: built.manifestDigest } });
    expect(new Set((items as Json[]).map(({ change }) => change))).toEqual(new Set(['unchanged']));
    const unknown = `sha256:${'0'.repeat(64)}`;
    expect(await clarion(['timeline', unknown, ...json])).toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: expect.stringMatching(/has not scanned the image/) as string,
    });
  });
});

test('db prune says what it forgets of the history', async () => {
  const prune = () => clarion(['db', 'prune', '--keep-history', '0m', ...db]);
  expect((await prune()).stdout).toMatch(
    /^forgot 0 images, 0 layers, 0 feeds, [1-9]\d* changes of feeds; the history begins at \d{4}-\d\d-\d\d \d\d:\d\d UTC now\n$/,
  );
  expect((await prune()).stdout).toBe('forgot 0 images, 0 layers, 0 feeds, 0 changes of feeds\n');
});
