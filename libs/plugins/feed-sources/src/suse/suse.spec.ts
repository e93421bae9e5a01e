import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { Advisory, AdvisoryGroup, FeedRecord } from '@clarion/model';
import { countRecords, sharedMaterial, type CountedRecords } from '@clarion/test-kit';
import { suse } from '.';
import { archiveName } from './plan';
import { updateRecords } from './update';

const testdata = path.join(__dirname, 'testdata');
const document = archiveName;

function affected(ecosystem: unknown, binaries: unknown): unknown {
  return { package: { ecosystem, name: 'source' }, ecosystem_specific: { binaries } };
}

const update = { id: 'SUSE-SU-2024:0001-1', related: ['CVE-2024-0001'] };
const server = 'SUSE:Linux Enterprise Server 12 SP5';

function read(more: Record<string, unknown>): FeedRecord[] {
  return [...updateRecords({ ...update, ...more }, document)];
}

function groups(records: readonly FeedRecord[]): readonly AdvisoryGroup[] {
  return records.flatMap((record) => (record.kind === 'group' ? [record.group] : []));
}

/** `namespace package: id advisory version channel origin`. */
function lines(records: readonly FeedRecord[]): readonly string[] {
  return groups(records).flatMap((group) => {
    return group.advisories.map((one) => `${group.namespace} ${group.package}: ${lineOf(one)}`);
  });
}

function lineOf({ id, advisory, ranges, scope }: Advisory): string {
  return [id, advisory ?? '-', ranges?.[0]?.fixed, scope?.channel ?? '-', scope?.origin ?? '-'].join(' ');
}

describe('suse', () => {
  it('reports each CVE of an update for each binary package', () => {
    const records = read({
      related: ['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0001'],
      published: '2024-01-16T12:34:56Z',
      affected: [affected(server, [{ a: '1.0-1.1', b: '2.0-1.1' }])],
    });
    expect(lines(records)).toEqual([
      'sles:12.5 a: CVE-2024-0001 SUSE-SU-2024:0001-1 1.0-1.1 - -',
      'sles:12.5 a: CVE-2024-0002 SUSE-SU-2024:0001-1 1.0-1.1 - -',
      'sles:12.5 b: CVE-2024-0001 SUSE-SU-2024:0001-1 2.0-1.1 - -',
      'sles:12.5 b: CVE-2024-0002 SUSE-SU-2024:0001-1 2.0-1.1 - -',
    ]);
    expect(records[0]).toMatchObject({ group: { nameKind: 'binary', scheme: 'rpm', feed: 'suse', document } });
    expect(groups(records)[0]?.advisories[0]).toEqual({
      id: 'CVE-2024-0001',
      advisory: 'SUSE-SU-2024:0001-1',
      state: 'fixed',
      ranges: [{ fixed: '1.0-1.1' }],
      published: '2024-01-16',
    });
  });

  it.each<[string, Record<string, unknown>, readonly string[]]>([
    ['CVEs of the newer schema', { related: undefined, upstream: ['CVE-2024-0003'] }, ['CVE-2024-0003']],
    ['a security update without a CVE under its own id', { related: [] }, ['SUSE-SU-2024:0001-1']],
    ['a recommended update with its CVEs', { id: 'SUSE-RU-2024:0001-1' }, ['CVE-2024-0001']],
    ['nothing of a recommended update without', { id: 'SUSE-RU-2024:0001-1', related: [] }, []],
    ['nothing of a withdrawn update', { withdrawn: '2024-01-01T00:00:00Z' }, []],
    ['nothing of an update without packages', { affected: [] }, []],
    ['nothing of an update with no list of packages', { affected: undefined }, []],
  ])('reports %s', (_, more, expected) => {
    const records = read({ affected: [affected(server, [{ a: '1.0-1.1' }])], ...more });
    expect(groups(records).flatMap(({ advisories }) => advisories.map(({ id }) => id))).toEqual(expected);
    expect(records.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });

  it('reports once what is listed for every source package and module, and nothing narrower beside it', () => {
    const listed = [
      'SUSE:Linux Enterprise Module for Basesystem 15 SP5',
      'SUSE:Linux Enterprise Module for Basesystem 15 SP5',
      'SUSE:Linux Enterprise Module for Development Tools 15 SP5',
      'SUSE:Linux Enterprise Server 15 SP5-LTSS',
    ].map((ecosystem) => affected(ecosystem, [{ a: '1.0-150500.1.1' }]));
    expect(lines(read({ affected: listed }))).toEqual([
      'sles:15.5 a: CVE-2024-0001 SUSE-SU-2024:0001-1 1.0-150500.1.1 - -',
    ]);
  });

  it('keeps channels and products apart', () => {
    const listed = [
      affected('SUSE:Linux Enterprise Server 15 SP4-LTSS', [{ a: '1.0-150400.1.1' }]),
      affected('SUSE:Linux Enterprise High Performance Computing 15 SP4-ESPOS', [{ a: '1.0-150400.1.1' }]),
      affected('SUSE:Manager Server 4.3', [{ a: '1.0-150400.2.1' }]),
    ];
    expect(lines(read({ affected: listed }))).toEqual([
      'sles:15.4 a: CVE-2024-0001 SUSE-SU-2024:0001-1 1.0-150400.1.1 ltss -',
      'sles:15.4 a: CVE-2024-0001 SUSE-SU-2024:0001-1 1.0-150400.1.1 espos SLE_HPC',
      'sles:15.4 a: CVE-2024-0001 SUSE-SU-2024:0001-1 1.0-150400.2.1 - SUSE-Manager-Server',
    ]);
  });

  it('keeps the lowest of several versions for one product', () => {
    const listed = ['10.0-1.1', '9.0-1.1', '9.0-1.10'].map((version) => affected(server, [{ a: version }]));
    expect(lines(read({ affected: listed }))).toEqual(['sles:12.5 a: CVE-2024-0001 SUSE-SU-2024:0001-1 9.0-1.1 - -']);
  });

  it('reports an update with a damaged id without that id', () => {
    const records = read({ id: 'SUSE-SU-403 Forbidden-1', affected: [affected(server, [{ a: '1.0-1.1' }])] });
    expect(records.map(({ kind }) => kind)).toEqual(['problem', 'group']);
    expect(lines(records)).toEqual(['sles:12.5 a: CVE-2024-0001 - 1.0-1.1 - -']);
    const nameless = { id: 'SUSE-SU-403', related: [], affected: [affected(server, [{ a: '1.0-1.1' }])] };
    expect(read(nameless).map(({ kind }) => kind)).toEqual(['problem']);
  });

  it('leaves debugging symbols out', () => {
    expect(read({ affected: [affected(server, [{ 'a-debuginfo': '1.0-1.1' }])] })).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an id of another kind', { id: 'RHSA-2024:1' }],
    ['no id', { id: undefined }],
    ['packages that are not a list', { affected: {} }],
    ['an entry that is not an object', { affected: [7] }],
    ['an entry without binaries', { affected: [{ package: { ecosystem: server } }] }],
    ['a product that is not known', { affected: [affected('SUSE:Linux Enterprise Tomorrow 27', [{ a: '1-1' }])] }],
    ['another distribution', { affected: [affected('SUSE:EL-9:Update:Products:SaltBundle:Update', [{ a: '1-1' }])] }],
    ['an invalid version', { affected: [affected(server, [{ a: 'any' }])] }],
    ['a version that is not text', { affected: [affected(server, [{ a: 1 }])] }],
    ['an invalid name', { affected: [affected(server, [{ '../a': '1-1' }])] }],
  ])('counts %s as a problem', (_, more) => {
    expect(read(more).map(({ kind }) => kind)).toEqual(['problem']);
  });

  it('continues after an entry that cannot be read', () => {
    const listed = [affected('SUSE:Tomorrow', [{ a: '1-1' }]), affected(server, [{ a: '1-1', b: '' }])];
    expect(read({ affected: listed }).map(({ kind }) => kind)).toEqual(['problem', 'problem', 'group']);
  });

  it('is one archive, and refuses one without records', async () => {
    const plan = await suse.plan(directoryUpstream(testdata), undefined);
    expect(plan).toEqual({ documents: [{ name: document }], missing: [{ name: 'csaf-vex.tar.bz2' }] });
    async function* body(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield Buffer.alloc(1024);
    }
    await expect(countRecords(suse.parse({ name: document, body: body() }))).rejects.toMatchObject({
      code: 'corrupt-data',
    });
  });

  it('has test data that is the archive of its readable records', async () => {
    const answer = await directoryUpstream(path.join(testdata, 'input')).get(document);
    if (answer.kind !== 'content') throw new Error(document);
    const packed = new Map<string, string>();
    for await (const member of archiveMembers(answer.body, { label: document })) {
      packed.set(member.name, member.problem ?? Buffer.from(member.content).toString());
    }
    packed.delete('osv/all.json');
    const names = readdirSync(path.join(testdata, 'records'));
    expect([...packed].sort()).toEqual(
      names.sort().map((name) => [`osv/${name}`, readFileSync(path.join(testdata, 'records', name), 'utf8')]),
    );
  });
});

const sample = sharedMaterial('feeds', 'suse', 'osv-2024-2025.ndjson.gz');

(sample === undefined ? describe.skip : describe)('real updates of two years (shared/feeds/suse)', () => {
  /** Namespace, package, CVE, and what the updates say: update, version, channel, product. */
  const facts: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['sles:15.5', 'glibc', 'CVE-2024-2961', ['SUSE-SU-2024:1375-1 2.31-150300.74.1 - -']],
    [
      'sles:15.4',
      'glibc',
      'CVE-2024-2961',
      [
        'SUSE-SU-2024:1375-1 2.31-150300.74.1 - SLES_SAP',
        'SUSE-SU-2024:1375-1 2.31-150300.74.1 - SUSE-Manager-Proxy',
        'SUSE-SU-2024:1375-1 2.31-150300.74.1 - SUSE-Manager-Server',
        'SUSE-SU-2024:1375-1 2.31-150300.74.1 espos SLE_HPC',
        'SUSE-SU-2024:1375-1 2.31-150300.74.1 ltss -',
        'SUSE-SU-2024:1375-1 2.31-150300.74.1 ltss SLE_HPC',
      ],
    ],
    ['sles:12.5', 'glibc', 'CVE-2024-2961', ['SUSE-SU-2024:1675-1 2.22-114.34.1 - -']],
    ['sle-micro:5.5', 'glibc', 'CVE-2024-2961', ['SUSE-SU-2024:1375-1 2.31-150300.74.1 - -']],
    ['opensuse-leap:15.5', 'glibc', 'CVE-2024-2961', ['SUSE-SU-2024:1375-1 2.31-150300.74.1 - -']],
    ['sles:15.6', 'openssh', 'CVE-2024-6387', ['SUSE-SU-2024:2275-1 9.6p1-150600.6.3.1 - -']],
    ['sles:15.6', 'libopenssl3', 'CVE-2024-6119', ['SUSE-SU-2024:3106-1 3.1.4-150600.5.15.1 - -']],
    ['opensuse-leap:15.6', 'libopenssl3', 'CVE-2024-6119', ['SUSE-SU-2024:3106-1 3.1.4-150600.5.15.1 - -']],
    ['sles:15.6', 'libexpat1', 'CVE-2024-50602', ['SUSE-SU-2024:4035-1 2.4.4-150400.3.25.1 - -']],
    [
      'sles:12.5',
      'libexpat1',
      'CVE-2024-50602',
      ['SUSE-SU-2024:3968-1 2.1.0-21.40.1 ltss SLES-LTSS-Extended-Security'],
    ],
    // A module of every service pack; two updates fixed the same flaw.
    [
      'sles:12.5',
      'runc',
      'CVE-2024-21626',
      ['SUSE-SU-2024:0294-1 1.1.11-16.43.1 - -', 'SUSE-SU-2024:0328-1 1.1.12-16.46.1 - -'],
    ],
    [
      'sles:12',
      'runc',
      'CVE-2024-21626',
      ['SUSE-SU-2024:0294-1 1.1.11-16.43.1 - -', 'SUSE-SU-2024:0328-1 1.1.12-16.46.1 - -'],
    ],
    [
      'sle-micro:5.3',
      'libssh2-1',
      'CVE-2023-48795',
      ['SUSE-SU-2024:0006-1 1.11.0-150000.4.22.1 - -', 'SUSE-SU-2024:0558-1 1.11.0-150000.4.25.1 - -'],
    ],
    ['sles:15.4', 'libzzip-0-13', 'CVE-2020-18770', ['SUSE-SU-2024:0970-1 0.13.69-150000.3.17.1 teradata -']],
    ['sles:15.5', 'nodejs18', 'CVE-2024-21892', ['SUSE-SU-2024:0730-1 18.19.1-150400.9.18.2 - -']],
    [
      'sles:15.5',
      'kernel-livepatch-5_14_21-150500_53-default',
      'CVE-2023-6546',
      ['SUSE-SU-2024:1751-1 12-150500.6.1 - -'],
    ],
    ['sles:15.5', 'putty', 'CVE-2024-31497', ['openSUSE-SU-2024:0111-1 0.81-bp155.2.6.1 - -']],
    [
      'sles:15.6',
      'chromium',
      'CVE-2024-7971',
      [
        'openSUSE-SU-2024:0258-1 128.0.6613.84-bp156.2.17.1 - -',
        'openSUSE-SU-2024:0258-2 128.0.6613.84-bp156.2.17.1 - -',
      ],
    ],
    [
      'sles:15.3',
      'golang-github-prometheus-prometheus',
      'CVE-2023-45142',
      ['SUSE-SU-2024:3267-1 2.45.6-150000.3.56.1 - sle-manager-tools'],
    ],
    ['opensuse-leap:15.6', 'opera', 'CVE-2024-7971', ['openSUSE-SU-2024:0275-1 113.0.5230.32-lp156.2.17.1 - -']],
    ['opensuse-tumbleweed', 'liblzma5', 'CVE-2024-3094', ['openSUSE-SU-2024:14017-1 5.6.2-1.1 - -']],
    // The stable releases never had it.
    ['sles:15.5', 'liblzma5', 'CVE-2024-3094', []],
    ['opensuse-leap:15.6', 'liblzma5', 'CVE-2024-3094', []],
    ['sles:15.5', 'openssh', 'CVE-2024-6387', []],
  ];
  let counted: CountedRecords;

  async function* records(): AsyncGenerator<FeedRecord> {
    const input = createInterface({ input: createReadStream(sample ?? '').pipe(createGunzip()), crlfDelay: Infinity });
    for await (const line of input) yield* updateRecords(JSON.parse(line) as Record<string, unknown>, document);
  }

  beforeAll(async () => {
    counted = await countRecords(records(), new Set(facts.map(([namespace, name]) => `${namespace} ${name}`)));
  }, 300_000);

  it('are read whole', () => {
    const { groups: parts, advisories, advisoryIds, problems } = counted;
    expect({ parts, advisories, advisoryIds }).toEqual({ parts: 74_076, advisories: 1_170_110, advisoryIds: 6550 });
    const about = 'is about another distribution';
    expect(problems.map((text) => text.replace(/^\S+ /, '')).sort()).toEqual(
      [
        ...Array<string>(3).fill(
          `Product SUSE:Manager Client Tools for RHEL, Liberty and Clones 9-CLIENT-TOOLS ${about}`,
        ),
        `Product SUSE:EL-9:Update:Products:ManagerTools:Update ${about}`,
        ...Array<string>(2).fill(`Product SUSE:EL-9:Update:Products:SaltBundle:Update ${about}`),
      ].sort(),
    );
  });

  it.each(facts)('%s %s %s', (namespace, name, id, expected) => {
    const found = counted.about(namespace, name, id).map((one) => lineOf(one).slice(id.length + 1));
    expect(found.sort()).toEqual(expected);
  });
});
