import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Advisory, FeedRecord, FeedState, Upstream } from '@clarion/model';
import { countRecords, sharedMaterial, type CountedRecords } from '@clarion/test-kit';
import { almalinux } from '.';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function parse(errata: unknown): Promise<FeedRecord[]> {
  const body = bytes(JSON.stringify({ schema_version: '1.0', data: errata }));
  const records: FeedRecord[] = [];
  for await (const record of almalinux.parse({ name: '9/errata.full.json', body })) records.push(record);
  return records;
}

const cve = { type: 'cve', id: 'CVE-2024-0001' };
const build = { name: 'p', epoch: '0', version: '1.0', release: '1.el9', arch: 'x86_64' };
const erratum = { id: 'ALSA-2024:1', type: 'security', references: [cve], packages: [build] };

describe('almalinux', () => {
  const x64 = { architectures: ['x86_64'] };
  const fixed = { id: 'CVE-2024-0001', advisory: 'ALSA-2024:1', state: 'fixed' as const };

  it.each<[string, Record<string, unknown>, readonly Advisory[]]>([
    ['a fix', {}, [{ ...fixed, ranges: [{ fixed: '1.0-1.el9' }], scope: x64 }]],
    [
      'severity and date',
      { severity: 'Important', issued_date: 1_696_464_000 },
      [
        {
          ...fixed,
          ranges: [{ fixed: '1.0-1.el9' }],
          severity: 'High',
          vendorSeverity: 'Important',
          scope: x64,
          published: '2023-10-05',
        },
      ],
    ],
    [
      'a date in its older form',
      { issued_date: { $date: 1_696_464_000_000 }, severity: 'None' },
      [{ ...fixed, ranges: [{ fixed: '1.0-1.el9' }], scope: x64, published: '2023-10-05' }],
    ],
    [
      'an epoch',
      { packages: [{ ...build, epoch: '32' }] },
      [{ ...fixed, ranges: [{ fixed: '32:1.0-1.el9' }], scope: x64 }],
    ],
    [
      'an epoch as number',
      { packages: [{ ...build, epoch: 1 }] },
      [{ ...fixed, ranges: [{ fixed: '1:1.0-1.el9' }], scope: x64 }],
    ],
    [
      'a module stream',
      { packages: [{ ...build, module: 'nodejs:18:9050020250214042843:8cf767d6:x86_64' }] },
      [{ ...fixed, ranges: [{ fixed: '1.0-1.el9' }], scope: { ...x64, module: 'nodejs:18' } }],
    ],
    [
      'only the CVEs among its references',
      { references: [{ type: 'rhsa', id: 'RHSA-2024:1' }, cve, { type: 'bugzilla', id: '2222222' }, { type: 'cve' }] },
      [{ ...fixed, ranges: [{ fixed: '1.0-1.el9' }], scope: x64 }],
    ],
    [
      'its own id without references',
      { references: null, issued_date: 'yesterday' },
      [{ id: 'ALSA-2024:1', state: 'fixed', ranges: [{ fixed: '1.0-1.el9' }], scope: x64 }],
    ],
    [
      'its own id without a CVE',
      { references: [{ type: 'rhsa', id: 'RHSA-2024:1' }] },
      [{ id: 'ALSA-2024:1', state: 'fixed', ranges: [{ fixed: '1.0-1.el9' }], scope: x64 }],
    ],
    ['nothing of sources', { packages: [{ ...build, arch: 'src' }] }, []],
    ['nothing of debugging symbols', { packages: [{ ...build, name: 'p-debuginfo' }] }, []],
  ])('gives %s', async (_, more, expected) => {
    const records = await parse([{ ...erratum, ...more }]);
    expect(records.filter(({ kind }) => kind !== 'group')).toEqual([]);
    expect(records.flatMap((record) => (record.kind === 'group' ? record.group.advisories : []))).toEqual(expected);
  });

  it('joins architectures of equal versions and separates the others', async () => {
    const packages = [
      build,
      { ...build, arch: 'aarch64' },
      { ...build, arch: 's390x', release: '2.el9' },
      // A later build of the same fix: the earlier one is sufficient.
      { ...build, release: '10.el9' },
    ];
    const [record] = await parse([{ ...erratum, packages }]);
    expect(record).toMatchObject({
      group: {
        namespace: 'alma:9',
        package: 'p',
        nameKind: 'binary',
        scheme: 'rpm',
        advisories: [
          { ranges: [{ fixed: '1.0-1.el9' }], scope: { architectures: ['aarch64', 'x86_64'] } },
          { ranges: [{ fixed: '1.0-2.el9' }], scope: { architectures: ['s390x'] } },
        ],
      },
    });
  });

  it.each(['ALBA-2024:1', 'ALEA-2024:1'])('ignores %s', async (id) => {
    expect(await parse([{ ...erratum, id, type: 'bugfix' }])).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['an erratum that is not an object', 7],
    ['a security erratum with another id', { ...erratum, id: 'ALBA-2024:1' }],
    ['an erratum without id', { ...erratum, id: undefined }],
    ['an erratum without packages', { ...erratum, packages: null }],
    ['a package that is not an object', { ...erratum, packages: ['p'] }],
    ['a package without version', { ...erratum, packages: [{ ...build, version: '' }] }],
    ['an invalid version', { ...erratum, packages: [{ ...build, release: '1 or later' }] }],
    ['an invalid name', { ...erratum, packages: [{ ...build, name: '../p' }] }],
    ['an invalid epoch', { ...erratum, packages: [{ ...build, epoch: '-1' }] }],
  ])('reports %s as a problem', async (_, value) => {
    const records = await parse([value, { ...erratum, id: 'ALSA-2024:2' }]);
    expect(records.map(({ kind }) => kind)).toEqual(['problem', 'group']);
  });

  it.each(['{"data":[]}', '{"data":null}', '{}'])('rejects %s', async (text) => {
    const records = almalinux.parse({ name: '9/errata.full.json', body: bytes(text) });
    await expect(countRecords(records)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

describe('documents of almalinux', () => {
  const upstream = (list: Upstream['list']): Upstream => ({ get: () => Promise.resolve({ kind: 'missing' }), list });

  async function names(list: Upstream['list'], last?: FeedState): Promise<readonly string[]> {
    return (await almalinux.plan(upstream(list), last)).documents.map(({ name }) => name);
  }

  it('are those of the listed majors', async () => {
    const listed = ['11/', '9/', 'static/', 'index.html'];
    expect(await names(() => Promise.resolve(listed))).toEqual(['11/errata.full.json', '9/errata.full.json']);
  });

  it.each<[string, readonly string[], readonly object[]]>([
    ['none of a whole mirror', ['8/', '9/', '10/'], []],
    ['none where nothing can be listed', [], []],
    ['a known major', ['8/', '9/', '11/'], [{ name: '10/errata.full.json', namespaces: ['alma:10'] }]],
  ])('report as missing: %s', async (_, listed, missing) => {
    const { missing: reported } = await almalinux.plan(
      upstream(() => Promise.resolve(listed)),
      undefined,
    );
    expect(reported).toEqual(missing);
  });

  it('are those of the known majors if nothing can be listed', async () => {
    const known = ['10/errata.full.json', '8/errata.full.json', '9/errata.full.json'];
    expect(await names(() => Promise.reject(new Error('no index page')))).toEqual(known);
    expect(await names(() => Promise.resolve(['about.html']))).toEqual(known);
  });

  it('always include those read before', async () => {
    const last = { documents: { '8/errata.full.json': {}, other: {} } } as unknown as FeedState;
    expect(await names(() => Promise.resolve(['9/']), last)).toEqual(['8/errata.full.json', '9/errata.full.json']);
  });
});

const errata = sharedMaterial('feeds', 'alma', 'errata.ndjson.gz');

/** The lines of one major, as elements of the document they were taken from. */
async function* documentOf(major: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"schema_version":"1.0","data":[');
  let first = true;
  const lines = createInterface({ input: createReadStream(errata ?? '').pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of lines) {
    if (!line.startsWith(`{"_path":"${major}/`)) continue;
    yield Buffer.from(first ? line : `,${line}`);
    first = false;
  }
  yield Buffer.from(']}');
}

(errata === undefined ? describe.skip : describe)('real errata (shared/feeds/alma)', () => {
  let majors: ReadonlyMap<string, CountedRecords>;

  /** Namespace, package, CVE, and the contents of the errata: advisory, version, stream, architectures. */
  const facts: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['8', 'expat', 'CVE-2022-22822', ['ALSA-2022:0951 2.2.5-8.el8_6.2 - aarch64,i686,ppc64le,x86_64']],
    ['8', 'openssl-libs', 'CVE-2022-0778', ['ALSA-2022:1065 1:1.1.1k-6.el8_5 - aarch64,ppc64le,x86_64']],
    ['8', 'zlib', 'CVE-2018-25032', ['ALSA-2022:1642 1.2.11-18.el8_5 - aarch64,ppc64le,x86_64']],
    ['8', 'sudo', 'CVE-2023-22809', ['ALSA-2023:0284 1.8.29-8.el8_7.1 - aarch64,ppc64le,s390x,x86_64']],
    ['8', 'systemd-libs', 'CVE-2022-4415', ['ALSA-2023:0837 239-68.el8_7.4 - aarch64,i686,ppc64le,s390x,x86_64']],
    [
      '8',
      'platform-python',
      'CVE-2023-24329',
      ['ALSA-2023:3591 3.6.8-51.el8_8.1.alma - aarch64,i686,ppc64le,s390x,x86_64'],
    ],
    ['8', 'glibc', 'CVE-2023-4911', ['ALSA-2023:5455 2.28-225.el8_8.6 - aarch64,i686,ppc64le,s390x,x86_64']],
    [
      '8',
      'mod_md',
      'CVE-2021-20325',
      [
        'ALSA-2021:4537 1:2.0.8-8.module_el8.5.0+2609+b30d9eec httpd:2.4 x86_64',
        'ALSA-2021:4537 1:2.0.8-8.module_el8.6.0+2872+fe0ff7aa httpd:2.4 aarch64,ppc64le',
      ],
    ],
    [
      '8',
      'mod_ssl',
      'CVE-2021-20325',
      ['ALSA-2021:4537 1:2.4.37-43.module_el8.5.0+2597+c4b14997.alma httpd:2.4 x86_64'],
    ],
    [
      '8',
      'nodejs',
      'CVE-2023-44487',
      [
        'ALSA-2023:5850 1:16.20.2-3.module_el8.8.0+3653+c77a731f nodejs:16 aarch64,ppc64le,s390x,x86_64',
        'ALSA-2023:5869 1:18.18.2-1.module_el8.8.0+3652+0e111ba0 nodejs:18 aarch64,ppc64le,s390x,x86_64',
        'ALSA-2023:7205 1:20.8.1-1.module_el8.9.0+3675+0258a6d9 nodejs:20 aarch64,ppc64le,s390x,x86_64',
        'ALSA-2024:1444 1:16.20.2-4.module_el8.9.0+3747+ead8229c nodejs:16 aarch64,ppc64le,s390x,x86_64',
      ],
    ],
    [
      '8',
      'bind-utils',
      'CVE-2023-50387',
      [
        'ALSA-2024:1782 32:9.11.36-11.el8_9.1 - aarch64,ppc64le,s390x,x86_64',
        'ALSA-2024:3271 32:9.11.36-14.el8_10 - aarch64,ppc64le,s390x,x86_64',
      ],
    ],
    [
      '8',
      'ruby',
      'CVE-2023-36617',
      [
        'ALSA-2024:1431 3.1.4-142.module_el8.9.0+3746+91b8233a ruby:3.1 aarch64,i686,ppc64le,s390x,x86_64',
        'ALSA-2024:4499 2.5.9-112.module_el8.10.0+3871+342e2c2f ruby:2.5 aarch64,i686,ppc64le,s390x,x86_64',
      ],
    ],
    [
      '8',
      'java-11-openjdk-headless',
      'CVE-2024-21235',
      ['ALSA-2024:8121 1:11.0.25.0.9-2.el8 - aarch64,ppc64le,s390x,x86_64'],
    ],
    // The same id under another major, with other packages.
    [
      '9',
      'java-11-openjdk-headless',
      'CVE-2024-21235',
      ['ALSA-2024:8121 1:11.0.25.0.9-2.el9 - aarch64,ppc64le,s390x,x86_64'],
    ],
    ['9', 'xz', 'CVE-2022-1271', ['ALSA-2022:4940 5.2.5-8.el9_0 - aarch64,ppc64le,s390x,x86_64']],
    ['9', 'bash', 'CVE-2022-3715', ['ALSA-2023:0340 5.1.8-6.el9_1 - aarch64,ppc64le,s390x,x86_64']],
    ['9', 'openssl-libs', 'CVE-2023-0286', ['ALSA-2023:0946 1:3.0.1-47.el9_1 - aarch64,i686,ppc64le,s390x,x86_64']],
    ['9', 'python3-libs', 'CVE-2023-24329', ['ALSA-2023:3595 3.9.16-1.el9_2.1 - aarch64,i686,ppc64le,s390x,x86_64']],
    ['9', 'libwebp', 'CVE-2023-4863', ['ALSA-2023:5214 1.2.0-7.el9_2 - aarch64,i686,ppc64le,s390x,x86_64']],
    ['9', 'glibc', 'CVE-2023-4911', ['ALSA-2023:5453 2.34-60.el9_2.7 - aarch64,i686,ppc64le,s390x,x86_64']],
    [
      '9',
      'nginx',
      'CVE-2023-44487',
      [
        'ALSA-2023:5711 1:1.20.1-14.el9_2.1.alma.1 - aarch64,ppc64le,s390x,x86_64',
        'ALSA-2023:6120 1:1.22.1-3.module_el9.2.0+44+f932b372.1.alma.1 nginx:1.22 aarch64,ppc64le,s390x,x86_64',
      ],
    ],
    ['9', 'rsync', 'CVE-2024-12085', ['ALSA-2025:0324 3.2.3-20.el9_5.1 - aarch64,ppc64le,s390x,x86_64']],
    // Not named by any erratum: a package of the other distribution, and a package that is only in the erratum's
    // source.
    ['9', 'platform-python', 'CVE-2023-24329', []],
    ['9', 'expat', 'CVE-2022-0778', []],
  ];

  beforeAll(async () => {
    const counted = new Map<string, CountedRecords>();
    for (const major of ['8', '9']) {
      const packages = new Set(facts.map(([, name]) => `alma:${major} ${name}`));
      const document = { name: `${major}/errata.full.json`, body: documentOf(major) };
      counted.set(major, await countRecords(almalinux.parse(document), packages));
    }
    majors = counted;
  }, 300_000);

  it('are read completely', () => {
    const counts = [...majors].map(([major, { groups, advisories, problems }]) => [
      major,
      groups,
      advisories,
      problems.length,
    ]);
    expect(counts).toEqual([
      ['8', 16_107, 95_141, 0],
      ['9', 10_109, 48_841, 0],
    ]);
  });

  it.each(facts)('alma:%s %s %s', (major, name, id, expected) => {
    const found = majors.get(major)?.about(`alma:${major}`, name, id) ?? [];
    const lines = found.map(({ advisory, ranges, scope }) => {
      return [advisory, ranges?.[0]?.fixed, scope?.module ?? '-', scope?.architectures?.join(',')].join(' ');
    });
    expect(lines.sort()).toEqual(expected);
  });
});
