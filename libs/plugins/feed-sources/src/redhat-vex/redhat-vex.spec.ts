import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { Advisory, FeedRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { redhatVex } from '.';
import { parseVex } from './parse-document';
import { repositoriesDocument, vexDocument } from './plan';

function unpacked(file: string): AsyncIterable<Uint8Array> {
  return pipeline(createReadStream(file), createGunzip(), () => undefined) as AsyncIterable<Uint8Array>;
}

/** Files of the samples by their path. */
async function readSamples(file: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const member of archiveMembers(unpacked(file), { label: 'samples' })) {
    if (member.problem !== undefined) throw new Error(member.problem);
    files.set(member.name, Buffer.from(member.content));
  }
  return files;
}

const samples = sharedMaterial('feeds', 'redhat', 'csaf-vex-samples.tar.gz');

(samples === undefined ? describe.skip : describe)('real VEX documents (shared/feeds/redhat)', () => {
  const documents = new Map<string, string>();
  beforeAll(async () => {
    for (const [name, content] of await readSamples(samples ?? '')) {
      if (/^(?:trustify|claircore)\/.*\.json$/.test(name)) documents.set(path.basename(name), content.toString());
    }
  });

  function parse(name: string): readonly FeedRecord[] {
    return [...parseVex(JSON.parse(documents.get(name) ?? 'null'), name, 'vex')];
  }

  function statements(name: string, namespace: string, pkg: string): readonly Advisory[] {
    return parse(name).flatMap((record) =>
      record.kind === 'group' && record.group.namespace === namespace && record.group.package === pkg
        ? record.group.advisories
        : [],
    );
  }

  const gnutls = 'cve-2024-28834.json';
  const expat = 'cve-2024-50602.json';
  const curl = 'cve-2023-38545.json';
  const all = 'aarch64 i686 ppc64le s390x x86_64';
  const four = 'aarch64 ppc64le s390x x86_64';
  const cpes = (text: string) => text.split(' ').map((cpe) => `cpe:/${cpe.replace(':', ':redhat:')}`);

  /** Each row was compared by hand with product status, remediation and product tree of the document. */
  interface Row {
    readonly of: readonly [document: string, namespace: string, pkg: string];
    readonly says: string;
    readonly cpes: string;
    readonly architectures?: string;
    readonly nameKind?: string;
    readonly module?: string;
  }
  const rows: readonly Row[] = [
    {
      of: [gnutls, 'rhel:8', 'gnutls-dane'],
      says: 'fixed 3.6.16-5.el8_6.4 RHSA-2024:2044 eus',
      cpes: 'a:rhel_eus:8.6::appstream o:rhel_eus:8.6::baseos',
      architectures: all,
    },
    {
      of: [gnutls, 'rhel:8', 'gnutls-dane'],
      says: 'fixed 3.6.16-7.el8_8.3 RHSA-2024:1997 eus',
      cpes: 'a:rhel_eus:8.8::appstream o:rhel_eus:8.8::baseos',
      architectures: all,
    },
    {
      of: [gnutls, 'rhel:8', 'gnutls-dane'],
      says: 'fixed 3.6.16-8.el8_9.3 RHSA-2024:1784',
      cpes: 'a:enterprise_linux:8::appstream o:enterprise_linux:8::baseos',
      architectures: all,
    },
    {
      of: [gnutls, 'rhel:9', 'gnutls-c++'],
      says: 'fixed 3.7.6-21.el9_2.3 RHSA-2024:2889 eus',
      cpes: 'a:rhel_eus:9.2::appstream o:rhel_eus:9.2::baseos',
      architectures: all,
    },
    {
      of: [gnutls, 'rhel:9', 'gnutls'],
      says: 'fixed 3.8.3-4.el9_4 RHSA-2024:2570',
      cpes: 'a:enterprise_linux:9::appstream o:enterprise_linux:9::baseos',
      architectures: all,
    },
    { of: [gnutls, 'rhel:6', 'gnutls'], says: 'end_of_life', cpes: 'o:enterprise_linux:6', nameKind: 'source' },
    { of: [gnutls, 'rhel:7', 'gnutls'], says: 'end_of_life', cpes: 'o:enterprise_linux:7', nameKind: 'source' },
    {
      of: [expat, 'rhel:8', 'expat'],
      says: 'fixed 2.2.5-16.el8_10 RHSA-2024:9502',
      cpes: 'o:enterprise_linux:8::baseos',
      architectures: all,
    },
    {
      of: [expat, 'rhel:9', 'expat'],
      says: 'fixed 2.5.0-2.el9_4.2 RHSA-2024:11200 eus',
      cpes: 'a:rhel_eus:9.4::appstream o:rhel_eus:9.4::baseos',
      architectures: all,
    },
    { of: [expat, 'rhel:7', 'expat'], says: 'end_of_life', cpes: 'o:enterprise_linux:7', nameKind: 'source' },
    { of: [expat, 'rhel:8', 'mingw-expat'], says: 'will_not_fix', cpes: 'o:enterprise_linux:8', nameKind: 'source' },
    {
      of: [curl, 'rhel:9', 'libcurl-minimal'],
      says: 'fixed 7.76.1-14.el9_0.9 RHSA-2023:5700 eus',
      cpes: 'a:rhel_eus:9.0::appstream o:rhel_eus:9.0::baseos',
      architectures: all,
    },
    {
      of: [curl, 'rhel:9', 'libcurl'],
      says: 'fixed 7.76.1-26.el9_3.2 RHSA-2023:6745',
      cpes: 'a:enterprise_linux:9::appstream o:enterprise_linux:9::baseos',
      architectures: all,
    },
    {
      of: [curl, 'rhel:7', 'jbcs-httpd24-libcurl'],
      says: 'fixed 8.4.0-2.el7jbcs RHSA-2023:7625',
      cpes: 'a:jboss_core_services:1::el7',
      architectures: 'x86_64',
    },
    {
      of: [curl, 'rhel:8', 'jbcs-httpd24-mod_md'],
      says: 'not_affected',
      cpes: 'a:jboss_core_services:1::el8',
      architectures: 'x86_64',
    },
    { of: [curl, 'rhel:8', 'libcurl-minimal'], says: 'not_affected', cpes: 'o:enterprise_linux:8' },
    { of: [curl, 'rhel:7', 'curl'], says: 'not_affected', cpes: 'o:enterprise_linux:7', nameKind: 'source' },
    { of: [curl, 'rhel:7', 'curl'], says: 'not_affected', cpes: 'o:enterprise_linux:7' },
    {
      of: ['cve-2023-2454.json', 'rhel:7', 'rh-postgresql12-postgresql'],
      says: 'fixed 12.15-1.el7 RHSA-2023:4313',
      cpes: 'a:rhel_software_collections:3::el7',
      architectures: 'ppc64le s390x x86_64',
    },
    {
      of: ['cve-2023-2454.json', 'rhel:9', 'postgresql'],
      says: 'fixed 13.11-1.el9_2 RHSA-2023:3714',
      cpes: 'a:enterprise_linux:9::appstream a:enterprise_linux:9::crb',
      architectures: four,
    },
    {
      of: ['cve-2023-2454.json', 'rhel:9', 'postgresql'],
      says: 'affected',
      cpes: 'o:enterprise_linux:9',
      nameKind: 'either',
      module: 'postgresql:15',
    },
    { of: ['cve-2023-42670.json', 'rhel:8', 'python3-samba'], says: 'not_affected', cpes: 'o:enterprise_linux:8' },
    {
      of: ['cve-2023-42670.json', 'rhel:6', 'samba'],
      says: 'not_affected',
      cpes: 'o:enterprise_linux:6',
      nameKind: 'source',
    },
    {
      of: ['cve-2023-1108.json', 'rhel:9', 'eap7-wildfly'],
      says: 'fixed 7.4.9-6.GA_redhat_00004.1.el9eap RHSA-2023:1185',
      cpes: 'a:jboss_enterprise_application_platform:7.4::el9',
    },
    {
      of: ['cve-2023-20860.json', 'rhel:8', 'jenkins'],
      says: 'fixed 2.401.1.1685677065-1.el8 RHSA-2023:3625',
      cpes: 'a:openshift:4.10::el8',
    },
    {
      of: ['cve-2023-2976.json', 'rhel:9', 'guava'],
      says: 'affected',
      cpes: 'o:enterprise_linux:9',
      nameKind: 'either',
    },
    {
      of: ['cve-2023-34455.json', 'rhel:8', 'log4j'],
      says: 'will_not_fix',
      cpes: 'o:enterprise_linux:8',
      nameKind: 'either',
      module: 'log4j:2',
    },
    {
      of: ['cve-2024-24786-illegal-module.json', 'rhel:8', 'go-toolset'],
      says: 'affected',
      cpes: 'o:enterprise_linux:8',
      nameKind: 'source',
      module: 'go-toolset:rhel8',
    },
  ];

  const words = ({ state, ranges, advisory, scope }: Advisory): string =>
    [state, ranges?.[0]?.fixed, advisory, scope?.channel].filter((word) => word !== undefined).join(' ');

  it.each(rows.map((row) => [row.of.join(' '), row.says, row] as const))('%s: %s', (_, __, row) => {
    const scope = {
      ...(row.architectures === undefined ? {} : { architectures: row.architectures.split(' ') }),
      ...(row.module === undefined ? {} : { module: row.module }),
      cpes: cpes(row.cpes),
    };
    const found = statements(...row.of).find(
      (statement) => words(statement) === row.says && (statement.nameKind ?? 'binary') === (row.nameKind ?? 'binary'),
    );
    const { channel, ...rest } = found?.scope ?? {};
    expect(rest).toEqual(scope);
    expect(channel === undefined || row.says.endsWith(` ${channel}`)).toBe(true);
  });

  it('skips what is not a package, and warns where a product is called both', () => {
    // Fixed in 7.4.9-6 and "not affected" in 7.4.10-6 of the same product.
    expect(statements('cve-2023-1108.json', 'rhel:8', 'eap7-wildfly').map(({ state }) => state)).toEqual(['fixed']);
    // A Maven artefact and a container image.
    expect(statements('cve-2023-34455.json', 'rhel:any', 'org.xerial.snappy/snappy-java')).toEqual([]);
    expect(statements(gnutls, 'rhel:9', 'gnutls-debuginfo')).toEqual([]);
  });

  it('reads severity, score and description from the document', () => {
    expect(statements(gnutls, 'rhel:6', 'gnutls')).toMatchObject([
      { severity: 'Medium', vendorSeverity: 'Moderate', reason: 'Out of support scope', epochs: 'auto' },
    ]);
    expect(parse(gnutls)[0]).toMatchObject({
      kind: 'vulnerability',
      text: {
        id: 'CVE-2024-28834',
        severity: 'Medium',
        cvss: [{ vector: 'CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:N/A:N' }],
        cwes: ['CWE-327'],
        published: '2024-03-21T00:00:00+00:00',
      },
    });
  });

  it('withdraws a deleted document', () => {
    const text = { feed: 'redhat-vex', id: 'CVE-2023-0030' };
    expect(parse('delete_CVE-2023-0030.json')).toEqual([{ kind: 'vulnerability', text }]);
  });

  it('keeps only the vulnerability record of a rejected CVE', () => {
    const document = documents.get(gnutls) ?? '';
    const description = 'A flaw was found in GnuTLS.';
    expect(document).toContain(description);
    const [first, ...others] = [
      ...parseVex(JSON.parse(document.replace(description, `[REJECTED CVE] ${description}`)), gnutls, 'vex'),
    ];
    expect(first).toMatchObject({ kind: 'vulnerability', text: { id: 'CVE-2024-28834', rejected: true } });
    expect(others).toEqual([]);
    expect(parse(gnutls).length).toBeGreaterThan(10);
  });

  it('reads all of them', () => {
    const counts: Record<string, number> = {};
    const problems: string[] = [];
    const add = (key: string, by = 1): void => {
      counts[key] = (counts[key] ?? 0) + by;
    };
    for (const name of documents.keys()) {
      for (const record of parse(name)) {
        if (record.kind === 'problem') problems.push(`${record.record}: ${record.message}`);
        if (record.kind === 'vulnerability') add('vulnerabilities');
        if (record.kind !== 'group') continue;
        add('groups');
        for (const { state } of record.group.advisories) add(state);
      }
    }
    expect(problems.sort()).toEqual([
      'cve-2023-2454.json CVE-2023-2454: Fixed in a module whose stream is not given (329 entries)',
      'cve-2023-2455.json CVE-2023-2455: Fixed in a module whose stream is not given (329 entries)',
      'cve-2024-24786-bad-rpmmod.json CVE-2024-24786: Module rhel10 has no stream',
    ]);
    expect(counts).toEqual({
      vulnerabilities: 39,
      groups: 3628,
      fixed: 951,
      affected: 51,
      will_not_fix: 45,
      end_of_life: 67,
      not_affected: 2647,
    });
  });
});

(samples === undefined ? describe.skip : describe)('real miniature VEX feed (shared/feeds/redhat)', () => {
  let folder: string;
  const records: FeedRecord[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-vex-'));
    for (const [name, content] of await readSamples(samples ?? '')) {
      if (!name.startsWith('vuls-data-update/vex/v1/')) continue;
      const file = path.join(folder, name.slice('vuls-data-update/vex/v1/'.length));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const answer = await directoryUpstream(folder).get('csaf_vex_2024-08-04.tar.zst');
    if (answer.kind !== 'content') throw new Error(answer.kind);
    for await (const record of redhatVex.parse({ name: vexDocument, body: answer.body })) records.push(record);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is planned: archive, changes of its day and later, deletions', async () => {
    const plan = await redhatVex.plan(directoryUpstream(folder), undefined);
    expect(plan.documents).toEqual([
      { name: vexDocument, path: 'csaf_vex_2024-08-04.tar.zst' },
      { name: repositoriesDocument },
    ]);
    expect(plan.patch).toEqual({
      into: vexDocument,
      documents: [{ name: '2023/cve-2023-6240.json' }, { name: '2023/cve-2023-6212.json' }],
      removed: ['CVE-2024-44943', 'CVE-2023-6237'],
    });
  });

  it.each([
    ['CVE-2023-6237 rhel:9 openssl-libs', 'fixed 1:3.0.7-27.el9 RHSA-2024:2447'],
    ['CVE-2023-6237 rhel:9 openssl-fips-provider', 'not_affected'],
    ['CVE-2023-6237 rhel:9 edk2', 'affected'],
    ['CVE-2023-6237 rhel:8 edk2', 'not_affected'],
    ['CVE-2023-6240 rhel:6 kernel', 'end_of_life'],
    ['CVE-2023-6240 rhel:9 kernel-rt', 'affected'],
    ['CVE-2023-6238 rhel:8 kernel-rt', 'not_affected'],
    ['CVE-2023-6228 rhel:9 libtiff', 'fixed 4.4.0-12.el9 RHSA-2024:2289'],
    ['CVE-2023-6228 rhel:8 compat-libtiff3', 'will_not_fix'],
  ])('%s: %s', (subject, expected) => {
    const found = records.flatMap((record) =>
      record.kind === 'group'
        ? record.group.advisories.map(({ id, state, ranges, advisory }) => {
            const words = [state, ranges?.[0]?.fixed, advisory].filter((word) => word !== undefined).join(' ');
            return [`${id} ${record.group.namespace} ${record.group.package}`, words];
          })
        : [],
    );
    expect(found).toContainEqual([subject, expected]);
  });

  it('has five documents without problems', () => {
    expect(records.filter(({ kind }) => kind === 'vulnerability')).toHaveLength(5);
    expect(records.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });
});

const map = sharedMaterial('feeds', 'redhat', 'repository-to-cpe.json.gz');

(map === undefined ? describe.skip : describe)('real repository map (shared/feeds/redhat)', () => {
  it('is read whole', async () => {
    let repositories = 0;
    let products = 0;
    const body = unpacked(map ?? '');
    for await (const record of redhatVex.parse({ name: repositoriesDocument, body })) {
      if (record.kind !== 'repository') throw new Error(JSON.stringify(record));
      repositories += 1;
      products += record.repository.cpes.length;
    }
    expect([repositories, products]).toEqual([10_106, 15_415]);
  });
});
