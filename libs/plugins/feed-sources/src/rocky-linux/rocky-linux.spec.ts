import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { directoryUpstream } from '@clarion/feed-upstreams';
import type { Advisory, FeedRecord, FeedState, Upstream } from '@clarion/model';
import { countRecords, sharedMaterial, type CountedRecords } from '@clarion/test-kit';
import { rockyLinux } from '.';
import { documentName } from './pages';

async function* bytes(text: string, size = 7): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function parse(text: string): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of rockyLinux.parse({ name: documentName, body: bytes(text) })) records.push(record);
  return records;
}

function pages(lists: readonly (readonly unknown[])[], more: Record<string, unknown> = {}): string {
  const total = lists.flat().length;
  const size = lists[0]?.length ?? 1;
  return lists
    .map((advisories, index) => JSON.stringify({ advisories, total, page: index + 1, size, ...more }))
    .join('\n');
}

const build = { nevra: 'p-0:1.0-1.el9.x86_64.rpm', product_name: 'Rocky Linux 9 x86_64', repo_name: 'BaseOS' };
const advisory = { name: 'RLSA-2024:1', kind: 'Security', cves: [{ cve: 'CVE-2024-0001' }], packages: [build] };
const named = (name: string): typeof advisory => ({ ...advisory, name });

async function advisories(more: Record<string, unknown>): Promise<readonly (Advisory & { namespace: string })[]> {
  const records = await parse(pages([[{ ...advisory, ...more }]]));
  expect(records.filter(({ kind }) => kind !== 'group')).toEqual([]);
  return records.flatMap((record) => {
    if (record.kind !== 'group') return [];
    const { namespace } = record.group;
    return record.group.advisories.map((one) => ({ ...one, namespace }));
  });
}

describe('rocky-linux', () => {
  it.each<[string, Record<string, unknown>, readonly Record<string, unknown>[]]>([
    [
      'a fix',
      { severity: 'Important', published_at: '2024-02-01T09:11:22.820964+00:00' },
      [
        {
          namespace: 'rocky:9',
          id: 'CVE-2024-0001',
          advisory: 'RLSA-2024:1',
          state: 'fixed',
          ranges: [{ fixed: '1.0-1.el9' }],
          severity: 'High',
          vendorSeverity: 'Important',
          scope: { architectures: ['x86_64'] },
          published: '2024-02-01',
        },
      ],
    ],
    ['its own id without a CVE', { cves: [] }, [{ id: 'RLSA-2024:1' }]],
    [
      'an epoch, and a name with dashes and digits',
      { packages: [{ ...build, nevra: 'java-11-openjdk-1:11.0.25.0.9-2.el9.x86_64.rpm' }] },
      [{ ranges: [{ fixed: '1:11.0.25.0.9-2.el9' }] }],
    ],
    [
      'a name without epoch',
      { packages: [{ ...build, nevra: 'p-1.0-1.el9.x86_64' }] },
      [{ ranges: [{ fixed: '1.0-1.el9' }] }],
    ],
    [
      'a module stream',
      { packages: [{ ...build, module_name: 'nodejs', module_stream: '18' }] },
      [{ scope: { module: 'nodejs:18' } }],
    ],
    [
      'the major of a minor release, by its lowest build',
      {
        packages: [
          { ...build, product_name: 'Rocky Linux 8.6 x86_64 (Legacy)', nevra: 'p-0:1.0-1.module+el8.6.0+2.x86_64.rpm' },
          { ...build, product_name: 'Rocky Linux 8 x86_64', nevra: 'p-0:1.0-1.module+el8.10.0+9.x86_64.rpm' },
        ],
      },
      [{ namespace: 'rocky:8', ranges: [{ fixed: '1.0-1.module+el8.6.0+2' }] }],
    ],
    [
      'each major with its own version',
      {
        packages: [
          build,
          { ...build, product_name: 'Rocky Linux 8 x86_64', nevra: 'p-0:1.0-1.el8.x86_64.rpm' },
          { ...build, nevra: 'p-0:1.0-1.el9.src.rpm' },
        ],
      },
      [
        { namespace: 'rocky:9', ranges: [{ fixed: '1.0-1.el9' }] },
        { namespace: 'rocky:8', ranges: [{ fixed: '1.0-1.el8' }] },
      ],
    ],
    [
      'the repository of a special interest group',
      {
        name: 'RXSA-2024:1',
        packages: [{ ...build, product_name: 'Rocky Linux SIG Cloud 9 x86_64', repo_name: 'cloud-common' }],
      },
      [{ namespace: 'rocky:9', advisory: 'RXSA-2024:1', scope: { origin: 'cloud-common' } }],
    ],
    ['nothing of bug fixes', { name: 'RLBA-2024:1', kind: 'Bug Fix' }, []],
  ])('gives %s', async (_, more, expected) => {
    const found = await advisories(more);
    expect(found).toHaveLength(expected.length);
    expect(found).toMatchObject(expected);
  });

  it.each<[string, unknown]>([
    ['an advisory that is not an object', 7],
    ['a security advisory with another id', { ...advisory, name: 'RHSA-2024:1' }],
    ['an advisory without name', { ...advisory, name: null }],
    ['an advisory without packages', { ...advisory, packages: null }],
    ['a package without version', { ...advisory, packages: [{ ...build, nevra: 'p.x86_64.rpm' }] }],
    ['a package of no known product', { ...advisory, packages: [{ ...build, product_name: 'Pebble Linux 9' }] }],
    ['a package that is not an object', { ...advisory, packages: ['p-0:1.0-1.el9.x86_64.rpm'] }],
  ])('counts %s as a problem', async (_, value) => {
    const records = await parse(pages([[value, named('RLSA-2024:2')]]));
    expect(records.map(({ kind }) => kind)).toEqual(['problem', 'group']);
  });

  it('reads braces and quotes in texts', async () => {
    const tricky = { ...advisory, description: '}{ "}{" \\ {' };
    expect(await parse(pages([[tricky], [named('RLSA-2024:2')]]))).toHaveLength(2);
  });

  const [one, two, three] = [named('RLSA-2024:1'), named('RLSA-2024:2'), named('RLSA-2024:3')];
  it.each<[string, string]>([
    ['a page that is missing', pages([[one, two], [three]]).split('\n')[0] ?? ''],
    [
      'pages in another order',
      pages([[one, two], [three]])
        .split('\n')
        .reverse()
        .join('\n'),
    ],
    ['an advisory that moved to the next page', pages([[one, two], [two]])],
    ['a total that changed', `${pages([[one], [two]])}\n${pages([[one], [two], [three]]).split('\n')[2] ?? ''}`],
    ['fewer advisories than announced', pages([[one, two]], { total: 3 })],
    ['more advisories than announced', pages([[one, two]], { total: 1 })],
    ['no total', pages([[one]], { total: undefined })],
    ['no list', pages([[one]], { advisories: null })],
    ['no pages', ''],
    ['something between the pages', pages([[one], [two]]).replace('\n', '7')],
    ['a page cut off', pages([[one], [two]]).slice(0, -20)],
  ])('refuses %s', async (_, text) => {
    await expect(parse(text)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

describe('pages of rocky-linux', () => {
  const first = (total: number, newest = 'RLSA-2024:1'): Upstream => ({
    get: () =>
      Promise.resolve({
        kind: 'content',
        validators: {},
        body: bytes(JSON.stringify({ advisories: [named(newest)], total, page: 1, size: 100, last_updated_at: 'T' })),
      }),
    list: () => Promise.resolve([]),
  });
  const stateOf = (cursor: string | undefined): FeedState =>
    ({ documents: { [documentName]: {} }, cursor }) as unknown as FeedState;

  it('are as many as the first one says', async () => {
    const { documents } = await rockyLinux.plan(first(8019), undefined);
    expect(documents).toHaveLength(1);
    expect(documents[0]?.name).toBe('advisories');
    expect(documents[0]?.parts).toHaveLength(81);
    expect([documents[0]?.parts?.[0], documents[0]?.parts?.[80]]).toEqual([
      'advisories/page-1.json',
      'advisories/page-81.json',
    ]);
  });

  it('are requested again only when the first one changed', async () => {
    const { cursor } = await rockyLinux.plan(first(200), undefined);
    expect((await rockyLinux.plan(first(200), stateOf(cursor))).documents).toEqual([]);
    expect((await rockyLinux.plan(first(201), stateOf(cursor))).documents).toHaveLength(1);
    expect((await rockyLinux.plan(first(200, 'RLSA-2024:2'), stateOf(cursor))).documents).toHaveLength(1);
  });

  it('are listed in the API', () => {
    expect(rockyLinux.locate?.('advisories/page-12.json')).toBe('advisories/?page=12&size=100');
    expect(rockyLinux.locate?.('other.json')).toBe('other.json');
  });

  it('fail when no page exists', async () => {
    const nothing: Upstream = { get: () => Promise.resolve({ kind: 'missing' }), list: () => Promise.resolve([]) };
    await expect(rockyLinux.plan(nothing, undefined)).rejects.toMatchObject({ code: 'upstream-unavailable' });
    await expect(rockyLinux.plan(first(5_000_000), undefined)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

const errata = sharedMaterial('feeds', 'rocky', 'errata.ndjson.gz');

(errata === undefined ? describe.skip : describe)('real errata (shared/feeds/rocky), re-serialised', () => {
  /** Namespace, package, CVE, and what the advisories say: id, version, repository, architectures. */
  const facts: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['rocky:8', 'rsync', 'CVE-2024-12085', ['RLSA-2025:0325 3.1.3-20.el8_10 - aarch64,x86_64']],
    ['rocky:8', 'glibc', 'CVE-2023-4911', ['RLSA-2023:5455 2.28-225.el8_8.6 - aarch64,i686,x86_64']],
    ['rocky:8', 'openssl-libs', 'CVE-2022-0778', ['RLSA-2022:1065 1:1.1.1k-6.el8_5 - aarch64,i686,x86_64']],
    [
      'rocky:9',
      'openssl-libs',
      'CVE-2023-0286',
      ['RLSA-2023:0946 1:3.0.1-47.el9_1 - aarch64,i686,ppc64le,s390x,x86_64'],
    ],
    ['rocky:8', 'sudo', 'CVE-2023-22809', ['RLSA-2023:0284 1.8.29-8.el8_7.1 - aarch64,x86_64']],
    ['rocky:9', 'sudo', 'CVE-2023-22809', ['RLSA-2023:0282 1.9.5p2-7.el9_1.1 - aarch64,ppc64le,s390x,x86_64']],
    ['rocky:8', 'expat', 'CVE-2022-22822', ['RLSA-2022:0951 2.2.5-4.el8_5.3 - aarch64,i686,x86_64']],
    ['rocky:8', 'zlib', 'CVE-2018-25032', ['RLSA-2022:1642 1.2.11-18.el8_5 - aarch64,i686,x86_64']],
    [
      'rocky:8',
      'bind-utils',
      'CVE-2023-50387',
      ['RLSA-2024:1782 32:9.11.36-11.el8_9.1 - aarch64,x86_64', 'RLSA-2024:3271 32:9.11.36-14.el8_10 - aarch64,x86_64'],
    ],
    [
      'rocky:9',
      'nginx',
      'CVE-2023-44487',
      ['RLSA-2023:6120 1:1.22.1-3.module+el9.2.0+15280+45c505d6.1 - aarch64,ppc64le,x86_64'],
    ],
    ['rocky:9', 'curl-minimal', 'CVE-2023-38545', ['RLSA-2023:5763 7.76.1-23.el9_2.4 - aarch64']],
    ['rocky:9', 'libwebp', 'CVE-2023-4863', ['RLSA-2023:5214 1.2.0-7.el9_2 - aarch64,i686,ppc64le,s390x,x86_64']],
    [
      'rocky:8',
      'kernel',
      'CVE-2023-20593',
      [
        'RLSA-2023:5244 4.18.0-477.27.1.el8_8 - aarch64',
        'RXSA-2023:5244 4.18.0-477.27.1.el8_8.cloud cloud-common aarch64',
      ],
    ],
    [
      'rocky:8',
      'bpftool',
      'CVE-2022-2964',
      [
        'RLSA-2023:0101 4.18.0-425.10.1.el8_7 - aarch64,x86_64',
        'RXSA-2023:0101 4.18.0-425.10.1.el8_7.cloud cloud-common aarch64',
        'RXSA-2023:0101 4.18.0-425.10.1el8_7.cloud cloud-common x86_64',
      ],
    ],
    ['rocky:8', 'runc', 'CVE-2024-21626', ['RLSA-2024:0752 1:1.1.12-1.module+el8.9.0+1702+822f0675 - aarch64']],
    ['rocky:8', 'systemd-libs', 'CVE-2022-4415', ['RLSA-2023:0837 239-68.el8_7.4 - aarch64,i686,x86_64']],
    ['rocky:8', 'platform-python', 'CVE-2023-24329', ['RLSA-2023:3591 3.6.8-51.el8_8.1.rocky.0 - aarch64,i686,x86_64']],
    [
      'rocky:9',
      'python3-libs',
      'CVE-2023-24329',
      ['RLSA-2023:3595 3.9.16-1.el9_2.1 - aarch64,i686,ppc64le,s390x,x86_64'],
    ],
    ['rocky:8', 'java-11-openjdk-headless', 'CVE-2024-21235', ['RLSA-2024:8121 1:11.0.25.0.9-2.el8 - aarch64,x86_64']],
    [
      'rocky:9',
      'java-17-openjdk-headless',
      'CVE-2024-21235',
      ['RLSA-2024:8124 1:17.0.13.0.11-3.el9 - aarch64,ppc64le,s390x,x86_64'],
    ],
    ['rocky:9', 'xz-libs', 'CVE-2022-1271', ['RLSA-2022:4940 5.2.5-8.el9_0 - aarch64,i686,ppc64le,s390x,x86_64']],
    [
      'rocky:9',
      'ruby-libs',
      'CVE-2024-27282',
      [
        'RLSA-2024:3668 3.1.5-144.module+el9.4.0+20785+5faae8e3 - aarch64,ppc64le,s390x,x86_64',
        'RLSA-2024:3671 3.3.1-2.module+el9.4.0+20787+4c237fd3 - aarch64,ppc64le,s390x,x86_64',
      ],
    ],
    ['rocky:9', 'expat', 'CVE-2024-45492', ['RLSA-2024:6754 2.5.0-2.el9_4.1 - aarch64,i686,ppc64le,s390x,x86_64']],
    ['rocky:8', 'grub2-common', 'CVE-2023-4692', ['RLSA-2024:3184 1:2.02-156.el8.rocky.0.1 - noarch']],
    ['rocky:9', 'podman', 'CVE-2024-1753', ['RLSA-2024:2548 4:4.9.4-3.el9_4 - aarch64,ppc64le,s390x,x86_64']],
    ['rocky:8', 'httpd', 'CVE-2021-44790', ['RLSA-2022:0258 2.4.37-39.module+el8.4.0+571+fd70afb1 - aarch64,x86_64']],
    // Fixed under another name, or in the other major only.
    ['rocky:9', 'platform-python', 'CVE-2023-24329', []],
    ['rocky:9', 'java-11-openjdk-headless', 'CVE-2022-0778', []],
  ];
  let counted: CountedRecords;
  let folder = '';

  async function* records(): AsyncGenerator<FeedRecord> {
    const upstream = directoryUpstream(folder);
    const { documents } = await rockyLinux.plan(upstream, undefined);
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const part of documents[0]?.parts ?? []) {
        const answer = await upstream.get(part);
        if (answer.kind === 'content') yield* answer.body;
      }
    }
    yield* rockyLinux.parse({ name: documentName, body: body() });
  }

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-rocky-'));
    const tool = path.resolve(__dirname, '../../../../../tools/feeds/rocky-errata-to-apollo.mjs');
    execFileSync(process.execPath, [tool, errata ?? '', folder], { stdio: 'pipe' });
    counted = await countRecords(records(), new Set(facts.map(([namespace, name]) => `${namespace} ${name}`)));
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are read whole', () => {
    const { groups, advisories, problems, byNamespace } = counted;
    expect(counted.advisoryIds).toBe(1491);
    expect({ groups, advisories, problems, byNamespace }).toEqual({
      groups: 19_541,
      advisories: 101_093,
      problems: [],
      byNamespace: { 'rocky:8': 78_022, 'rocky:9': 23_071 },
    });
  });

  it.each(facts)('%s %s %s', (namespace, name, id, expected) => {
    const lines = counted.about(namespace, name, id).map(({ advisory: erratum, ranges, scope }) => {
      return [erratum, ranges?.[0]?.fixed, scope?.origin ?? '-', scope?.architectures?.join(',')].join(' ');
    });
    expect(lines.sort()).toEqual(expected);
  });
});
