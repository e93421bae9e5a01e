import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { ClarionError, type FetchResult, type FeedRecord, type FeedState, type Upstream } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { alpineSecdb } from '.';
import { planAlpine } from './documents';

function site(
  pages: Readonly<Record<string, readonly string[]>>,
  index: FetchResult,
  others: Readonly<Record<string, FetchResult | ClarionError>> = {},
): Upstream {
  return {
    get: (name) => {
      const answer = name === 'last-update' ? index : (others[name] ?? { kind: 'missing' });
      return answer instanceof ClarionError ? Promise.reject(answer) : Promise.resolve(answer);
    },
    list: (folder) => Promise.resolve(pages[folder] ?? []),
  };
}

async function* empty(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from('2026-01-05');
}

const changed = (): FetchResult => ({ kind: 'content', body: empty(), validators: { etag: '"2"' } });
const last = {
  documents: {
    'last-update': { validators: { etag: '"1"' }, groups: 0, namespaces: [] },
    'v3.2/main.json': { validators: {}, groups: 1, namespaces: [] },
  },
} as unknown as FeedState;

async function namesOf(upstream: Upstream, known: FeedState | undefined): Promise<readonly string[]> {
  return (await planAlpine(upstream, known)).documents.map(({ name }) => name);
}

describe('documents of alpine-secdb', () => {
  const pages = {
    '': ['edge/', 'v3.9/', 'v3.20/', 'last-update', 'license.txt', 'v3.20', '.git/', 'old-v3.1/'],
    'edge/': ['main.json', 'community.json', 'main.yaml'],
    'v3.20/': ['main.json', 'testing.json', '..json', 'MAIN.JSON'],
    'v3.9/': [],
  };
  const listed = ['edge/community.json', 'edge/main.json', 'v3.20/main.json', 'v3.20/testing.json'];

  it('are all repositories of all branches, with the index first', async () => {
    expect(await namesOf(site(pages, changed()), undefined)).toEqual(['last-update', ...listed]);
  });

  it('are also found without an index', async () => {
    expect(await namesOf(site(pages, { kind: 'missing' }), undefined)).toEqual(listed);
  });

  it('stay the known ones while the index is unchanged', async () => {
    expect(await namesOf(site(pages, { kind: 'unchanged' }), last)).toEqual(['last-update', 'v3.2/main.json']);
  });

  it('are listed again when the index changes', async () => {
    expect(await namesOf(site(pages, changed()), last)).toEqual(['last-update', ...listed]);
  });

  it('include the lists of rejections that exist', async () => {
    const down = new ClarionError('upstream-unavailable', 'answered with status 503');
    const others = { 'rejections/main.yaml': changed(), 'rejections/community.yaml': down };
    expect(await namesOf(site(pages, changed(), others), undefined)).toEqual([
      'last-update',
      ...listed,
      'rejections/main.yaml',
    ]);
  });

  it('include the lists of rejections that were read before, even if they no longer exist', async () => {
    const known = { documents: { ...last.documents, 'rejections/main.yaml': {} } } as unknown as FeedState;
    expect(await namesOf(site(pages, { kind: 'unchanged' }), known)).toEqual([
      'last-update',
      'v3.2/main.json',
      'rejections/main.yaml',
    ]);
  });

  const both = ['community.json', 'main.json'];
  const lists = { 'rejections/main.yaml': changed(), 'rejections/community.yaml': changed() };
  const missing = (name: string, ...namespaces: string[]): object => ({ name, namespaces });
  it.each<
    [string, Readonly<Record<string, readonly string[]>>, Readonly<Record<string, FetchResult>>, readonly object[]]
  >([
    ['nothing where all are there', { 'edge/': both, 'v3.20/': both, 'v3.3/': both }, lists, []],
    // Old branches have no community repository.
    ['no community of the oldest', { 'v3.2/': ['main.json'], 'v2.7/': ['main.json'] }, lists, []],
    [
      'the community of a branch',
      { 'v3.20/': ['main.json'] },
      lists,
      [missing('v3.20/community.json', 'alpine:v3.20')],
    ],
    [
      'the community of the next major',
      { 'v4.0/': ['main.json'] },
      lists,
      [missing('v4.0/community.json', 'alpine:v4.0')],
    ],
    ['the main packages', { 'edge/': ['community.json'] }, lists, [missing('edge/main.json', 'alpine:edge')]],
    [
      'all of a branch whose folder is empty',
      { 'v3.9/': [], 'v3.20/': both },
      lists,
      [missing('v3.9/community.json', 'alpine:v3.9'), missing('v3.9/main.json', 'alpine:v3.9')],
    ],
    [
      'the lists of rejections, which take away only',
      { 'v3.20/': both },
      { 'rejections/main.yaml': changed() },
      [{ name: 'rejections/community.yaml', onlyRemoves: true }],
    ],
  ])('report as missing: %s', async (_, folders, there, expected) => {
    const upstream = site({ '': Object.keys(folders), ...folders }, { kind: 'missing' }, there);
    expect((await planAlpine(upstream, undefined)).missing).toEqual(expected);
  });

  it('are listed again while some are missing, even if the index is unchanged', async () => {
    const lacking = { ...last, missing: [{ name: 'v3.20/community.json' }] };
    expect(await namesOf(site(pages, { kind: 'unchanged' }), lacking)).toEqual(['last-update', ...listed]);
  });

  it('are never empty', async () => {
    await expect(namesOf(site({ '': ['index.html'] }, changed()), last)).rejects.toMatchObject({
      code: 'upstream-unavailable',
    });
  });
});

describe('rejections of Alpine', () => {
  it.each<[what: string, text: string]>([
    ['lines', 'a:\n'.repeat(110_000)],
    ['entries on one line', `a: [${'1,'.repeat(110_000)}]`],
  ])('with too many %s are rejected before they are parsed', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  async function read(text: string): Promise<readonly FeedRecord[]> {
    async function* body(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield Buffer.from(text);
    }
    const records: FeedRecord[] = [];
    for await (const record of alpineSecdb.parse({ name: 'rejections/main.yaml', body: body() })) records.push(record);
    return records;
  }

  it.each<[string, string, readonly object[]]>([
    ['a list of ids', 'a:\n  - CVE-2021-0001\n  - CVE-2021-0002\n', [{ id: 'CVE-2021-0001' }, { id: 'CVE-2021-0002' }]],
    ['with a reason', 'a:\n  - CVE-2021-0001 # Windows only\n', [{ id: 'CVE-2021-0001', reason: 'Windows only' }]],
    [
      'with a reason for all',
      'a:\n  # not built\n  - CVE-2021-0001\n  - CVE-2021-0002 # disputed\n',
      [
        { id: 'CVE-2021-0001', reason: 'not built' },
        { id: 'CVE-2021-0002', reason: 'disputed' },
      ],
    ],
    [
      'with a reason above',
      'a:\n  - CVE-2021-0000\n  # not\n  # built\n  - CVE-2021-0001\n',
      [{ id: 'CVE-2021-0000' }, { id: 'CVE-2021-0001', reason: 'not built' }],
    ],
    [
      'on one line',
      'a: [CVE-2021-0001, GHSA-aaaa-bbbb-ccc1]',
      [{ id: 'CVE-2021-0001' }, { id: 'GHSA-aaaa-bbbb-ccc1' }],
    ],
    [
      'twice',
      'a: [CVE-2021-0001]\na: [CVE-2021-0001, CVE-2021-0002]',
      [{ id: 'CVE-2021-0001' }, { id: 'CVE-2021-0002' }],
    ],
  ])('%s', async (_, text, expected) => {
    const advisories = expected.map((one) => ({ state: 'not_affected', ...one }));
    const groupKey = { namespace: 'alpine:any', package: 'a', feed: 'alpine-secdb', document: 'rejections/main.yaml' };
    expect(await read(text)).toEqual([
      { kind: 'group', group: { ...groupKey, nameKind: 'source', scheme: 'apk', advisories } },
    ]);
  });

  it.each([
    ['no list', 'b: none\na: [CVE-2021-0001]'],
    ['no id', 'a: [7, CVE-2021-0001]'],
    ['a map', 'a: [{x: y}, CVE-2021-0001]'],
    ['an anchor', 'b: &x [CVE-2021-0002]\nc: *x\na: [CVE-2021-0001]'],
  ])('are reported as single problems: %s', async (_, text) => {
    const records = await read(text);
    expect(records.filter(({ kind }) => kind === 'problem')).toHaveLength(1);
    expect(records.at(-1)).toMatchObject({ group: { package: 'a', advisories: [{ id: 'CVE-2021-0001' }] } });
  });

  it('may have packages without ids', async () => {
    expect(await read('a:\nb: []\n__proto__: [CVE-2021-0001]\n')).toMatchObject([{ group: { package: '__proto__' } }]);
  });

  it.each([
    ['nothing', ''],
    ['a list', '- a\n'],
    ['a page of HTML', '<!DOCTYPE html><html></html>'],
    ['broken brackets', 'a: [CVE-2021-0001'],
    ['endless nesting', `a: ${'['.repeat(50_000)}`],
    ['brackets of both kinds', `a: ${'[{a: '.repeat(60)}`],
    ['lists in lists', `a:\n  ${'- '.repeat(50_000)}`],
    ['levels upon levels', Array.from({ length: 500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ])('are rejected as a whole: %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

const real = sharedMaterial('feeds', 'alpine', 'secdb');

(real === undefined ? describe.skip : describe)('real Alpine SecDB (shared/feeds/alpine/secdb)', () => {
  /** The same counts from the raw JSON, without the code under test. */
  function rawCounts(folder: string, documents: readonly string[]): Record<string, number> {
    const counts = { strings: 0, packages: 0 };
    for (const document of documents) {
      const { packages } = JSON.parse(gunzipSync(readFileSync(path.join(folder, `${document}.gz`))).toString()) as {
        packages: { pkg: { secfixes: Record<string, string[]> } }[];
      };
      counts.packages += packages.length;
      for (const { pkg } of packages) counts.strings += Object.values(pkg.secfixes).flat().length;
    }
    return counts;
  }

  it('is read completely: every package of every branch', async () => {
    const folder = real ?? '';
    const upstream = directoryUpstream(folder);
    const plan = await planAlpine(upstream, undefined);
    const documents = plan.documents.map(({ name }) => name);
    expect(documents).toHaveLength(41);
    // The sample is the complete database; the lists of rejections are on another host and are not in it.
    expect(plan.missing).toEqual(
      ['main', 'community'].map((one) => ({ name: `rejections/${one}.yaml`, onlyRemoves: true })),
    );
    expect(rawCounts(folder, documents)).toEqual({ strings: 85_277, packages: 8000 });
    const found = { groups: 0, advisories: 0, notAffected: 0, problems: 0, cves: 0, namespaces: new Set<string>() };
    for (const document of documents) {
      const answer = await upstream.get(document);
      if (answer.kind !== 'content') throw new Error(document);
      for await (const record of alpineSecdb.parse({ name: document, body: answer.body })) {
        if (record.kind === 'problem') found.problems += 1;
        if (record.kind !== 'group') continue;
        found.groups += 1;
        found.namespaces.add(record.group.namespace);
        found.advisories += record.group.advisories.length;
        found.cves += record.group.advisories.filter(({ id }) => /^CVE-\d{4}-\d{4,}$/.test(id)).length;
        found.notAffected += record.group.advisories.filter(({ state }) => state === 'not_affected').length;
      }
    }
    expect({ ...found, namespaces: found.namespaces.size }).toEqual({
      groups: 8000,
      advisories: 85_020,
      cves: 84_688,
      notAffected: 553,
      // 59 keys are not versions, each in one package of a branch; the intended version of 23 of them is recognised.
      problems: 59,
      namespaces: 21,
    });
  }, 300_000);
});
