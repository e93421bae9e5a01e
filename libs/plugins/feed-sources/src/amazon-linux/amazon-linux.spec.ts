import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { directoryUpstream } from '@clarion/feed-upstreams';
import type { FeedRecord } from '@clarion/model';
import { countRecords, sharedMaterial, type CountedRecords } from '@clarion/test-kit';
import { amazonLinux } from '.';
import { mirrorPath, targetOf } from './repositories';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function parse(xml: string, name = '2/core/x86_64/updateinfo.xml'): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of amazonLinux.parse({ name, body: bytes(xml) })) records.push(record);
  return records;
}

const reference = '<references><reference id="CVE-2024-0001" type="cve"/></references>';
const one = '<package name="p" epoch="0" version="1.0" release="1.amzn2" arch="x86_64"/>';

function update(packages: string, more = `<id>ALAS2-2024-1</id>${reference}`, type = 'security'): string {
  return `<updates><update type="${type}">${more}<pkglist><collection>${packages}</collection></pkglist></update></updates>`;
}

describe('amazon-linux', () => {
  it.each([
    ['2/core/x86_64/updateinfo.xml', ['x86_64', 'noarch', 'i686']],
    ['2/core/aarch64/updateinfo.xml', ['aarch64', 'noarch']],
  ])('%s lists the packages of its architectures', async (name, expected) => {
    const packages = ['x86_64', 'aarch64', 'noarch', 'i686', 'src'].map((arch, index) => {
      return `<package name="p${index}" epoch="0" version="1" release="1" arch="${arch}"/>`;
    });
    const records = await parse(update(packages.join('')), name);
    const found = records.map((record) => (record.kind === 'group' ? record.group.advisories[0]?.scope : record));
    expect(found).toEqual(expected.map((architecture) => ({ architectures: [architecture] })));
  });

  it('keeps epoch, severity, date and repository', async () => {
    const facts = `<id>ALAS2NGINX1-2024-1</id><severity>important</severity><issued date="2024-02-01 10:00"/>${reference}`;
    const nginx = '<package name="nginx" epoch="1" version="1.22.1" release="1.amzn2.0.3" arch="aarch64"/>';
    expect(await parse(update(nginx, facts), '2/extras/nginx1/aarch64/updateinfo.xml')).toEqual([
      {
        kind: 'group',
        group: {
          namespace: 'amzn:2',
          package: 'nginx',
          feed: 'amazon-linux',
          document: '2/extras/nginx1/aarch64/updateinfo.xml',
          nameKind: 'binary',
          scheme: 'rpm',
          advisories: [
            {
              id: 'CVE-2024-0001',
              advisory: 'ALAS2NGINX1-2024-1',
              state: 'fixed',
              ranges: [{ fixed: '1:1.22.1-1.amzn2.0.3' }],
              severity: 'High',
              vendorSeverity: 'important',
              scope: { architectures: ['aarch64'], origin: 'amzn2extra-nginx1' },
              published: '2024-02-01',
            },
          ],
        },
      },
    ]);
  });

  it('lists an advisory without a CVE under the id of the advisory', async () => {
    const records = await parse(update(one, '<id>ALAS2-2024-1</id>'));
    expect(records).toMatchObject([{ group: { advisories: [{ id: 'ALAS2-2024-1' }] } }]);
    const pending = '<references><reference id="CVE-PENDING" type="cve"/></references>';
    expect(await parse(update(one, `<id>ALAS2-2024-1</id>${pending}`))).toEqual(records);
  });

  it('lists only the CVEs among its references', async () => {
    const others = '<reference id="2222222" type="bugzilla"/><reference id="CVE-2024-0001" type="cve"/>';
    const records = await parse(update(one, `<id>ALAS2-2024-1</id><references>${others}</references>`));
    expect(records).toMatchObject([{ group: { advisories: [{ id: 'CVE-2024-0001', advisory: 'ALAS2-2024-1' }] } }]);
    expect(records).toHaveLength(1);
  });

  it('ignores updates that are not about a vulnerability', async () => {
    expect(await parse(update(one, `<id>ALAS2-2024-1</id>${reference}`, 'bugfix'))).toEqual([]);
  });

  it.each([
    ['an update without id', update(one, reference)],
    ['another id', update(one, `<id>RHSA-2024:1</id>${reference}`)],
    ['a package without version', update('<package name="p" release="1" arch="x86_64"/>')],
    ['an invalid version', update('<package name="p" epoch="0" version="1 0" release="1" arch="x86_64"/>')],
    ['an invalid epoch', update('<package name="p" epoch="(none)" version="1" release="1" arch="x86_64"/>')],
  ])('reports %s as a problem', async (_, xml) => {
    expect((await parse(xml)).map(({ kind }) => kind)).toEqual(['problem']);
  });

  it.each([
    ['a document without advisories', '<updates/>', 'corrupt-data'],
    ['another document', '<repomd/>', 'corrupt-data'],
    ['a document type declaration', '<!DOCTYPE updates><updates/>', 'corrupt-data'],
  ])('rejects %s', async (_, xml, code) => {
    await expect(parse(xml)).rejects.toMatchObject({ code });
  });

  it('rejects a document of another feed', async () => {
    await expect(parse(update(one), 'v3.20/main.json')).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('repositories of amazon-linux', () => {
  it.each([
    ['1/updates/x86_64/updateinfo.xml', 'amzn:1', undefined],
    ['2/core/aarch64/updateinfo.xml', 'amzn:2', undefined],
    ['2/extras/kernel-5.10/x86_64/updateinfo.xml', 'amzn:2', 'amzn2extra-kernel-5.10'],
    ['2023/core/x86_64/updateinfo.xml', 'amzn:2023', undefined],
    ['2023/kernel-livepatch/x86_64/updateinfo.xml', 'amzn:2023', 'kernel-livepatch'],
  ])('%s is of %s, %s', (name, namespace, packageRepository) => {
    expect(targetOf(name)).toMatchObject({
      namespace,
      ...(packageRepository === undefined ? {} : { packageRepository }),
    });
    expect(targetOf(name)?.packageRepository).toBe(packageRepository);
  });

  it.each([
    ['https://cdn.amazonlinux.com/2/core/2.0/x86_64/8cf7', '2/core/2.0/x86_64/8cf7'],
    ['https://cdn.amazonlinux.com/al2023/core/guids/1b1f/x86_64/ ', 'al2023/core/guids/1b1f/x86_64'],
    [
      'http://packages.eu-west-1.amazonaws.com/2018.03/updates/f2a3/x86_64/',
      'al1-packages/2018.03/updates/f2a3/x86_64',
    ],
    ['http://repo.us-west-2.amazonaws.com/2018.03/main', 'al1/2018.03/main'],
    ['https://cdn.amazonlinux.com.example.org/2/core', undefined],
    ['https://cdn.amazonlinux.com/../../etc', 'etc'],
    ['https://cdn.amazonlinux.com/2/%2e%2e/%2e%2e/x', 'x'],
    ['file:///etc/passwd', undefined],
    ['', undefined],
  ])('mirror %j has the path %s', (line, expected) => {
    expect(mirrorPath(line)).toBe(expected);
  });
});

const alas = sharedMaterial('feeds', 'amazon', 'alas-updates.ndjson.gz');

(alas === undefined ? describe.skip : describe)('real advisories (shared/feeds/amazon), re-serialised', () => {
  /** Document, package, CVE, and the contents of the advisories. Release and topic are in the document's name. */
  const facts: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['1/updates/x86_64', 'httpd', 'CVE-2011-3192', ['ALAS-2011-1 2.2.21-1.18.amzn1 i686,x86_64 Medium']],
    ['1/updates/x86_64', 'mod_ssl', 'CVE-2011-3192', ['ALAS-2011-1 1:2.2.21-1.18.amzn1 i686,x86_64 Medium']],
    ['1/updates/x86_64', 'openssl', 'CVE-2014-0160', ['ALAS-2014-320 1:1.0.1e-37.66.amzn1 i686,x86_64 Critical']],
    ['1/updates/x86_64', 'bash', 'CVE-2014-6271', ['ALAS-2014-418 4.1.2-15.19.amzn1 i686,x86_64 Critical']],
    ['2/core/x86_64', 'openssl-libs', 'CVE-2022-0778', ['ALAS2-2022-1766 1:1.0.2k-24.amzn2.0.2 i686,x86_64 High']],
    ['2/core/aarch64', 'openssl-libs', 'CVE-2022-0778', ['ALAS2-2022-1766 1:1.0.2k-24.amzn2.0.2 aarch64 High']],
    ['2/core/x86_64', 'curl', 'CVE-2023-38545', ['ALAS2-2023-2287 8.3.0-1.amzn2.0.4 i686,x86_64 High']],
    ['2/core/x86_64', 'squid', 'CVE-2023-46847', ['ALAS2-2023-2318 7:3.5.20-17.amzn2.7.10 i686,x86_64 Critical']],
    [
      '2/core/x86_64',
      'postgresql',
      'CVE-2023-5869',
      ['ALAS2-2022-1843 9.2.24-8.amzn2 i686,x86_64 High', 'ALAS2-2024-2567 9.2.24-8.amzn2.0.3 i686,x86_64 High'],
    ],
    // One CVE of one package name: the version differs per topic, and topics are never mixed.
    [
      '2/extras/postgresql12/aarch64',
      'postgresql',
      'CVE-2023-5869',
      ['ALAS2POSTGRESQL12-2024-007 12.17-1.amzn2.0.1 aarch64 High'],
    ],
    [
      '2/extras/postgresql13/x86_64',
      'postgresql',
      'CVE-2023-5869',
      ['ALAS2POSTGRESQL13-2024-005 13.13-1.amzn2.0.1 x86_64 High'],
    ],
    ['2/extras/docker/x86_64', 'runc', 'CVE-2024-21626', ['ALAS2DOCKER-2024-036 1.1.11-1.amzn2 x86_64 High']],
    ['2/extras/ecs/x86_64', 'runc', 'CVE-2024-21626', ['ALAS2ECS-2024-033 1.1.11-1.amzn2 x86_64 High']],
    [
      '2/extras/aws-nitro-enclaves-cli/x86_64',
      'runc',
      'CVE-2024-21626',
      ['ALAS2NITRO-ENCLAVES-2024-036 1.1.11-1.amzn2 x86_64 High'],
    ],
    [
      '2/extras/haproxy2/aarch64',
      'haproxy2',
      'CVE-2023-40225',
      ['ALAS2HAPROXY2-2023-007 2.2.17-1.amzn2.0.7 aarch64 Medium'],
    ],
    [
      '2/extras/kernel-5.10/x86_64',
      'kernel',
      'CVE-2022-0847',
      ['ALAS2KERNEL-5.10-2022-011 5.10.102-99.473.amzn2 x86_64 High'],
    ],
    ['2/extras/nginx1/x86_64', 'nginx', 'CVE-2023-44487', ['ALAS2NGINX1-2023-006 1:1.22.1-1.amzn2.0.3 x86_64 High']],
    ['2/extras/php8.2/x86_64', 'php', 'CVE-2023-3824', ['ALAS2PHP8.2-2023-002 8.2.9-1.amzn2 x86_64 High']],
    ['2/extras/tomcat9/x86_64', 'tomcat', 'CVE-2023-44487', ['ALAS2TOMCAT9-2023-010 9.0.81-1.amzn2.0.1 noarch High']],
    [
      '2022/core/x86_64',
      'openssl-libs',
      'CVE-2022-0778',
      [
        'ALAS2022-2022-041 1:3.0.0-1.amzn2022.0.1 i686,x86_64 High',
        'ALAS2022-2022-195 1:3.0.5-1.amzn2022.0.2 i686,x86_64 Medium',
      ],
    ],
    ['2023/core/x86_64', 'glibc', 'CVE-2023-4911', ['ALAS2023-2023-359 2.34-52.amzn2023.0.6 x86_64 High']],
    ['2023/core/aarch64', 'curl-minimal', 'CVE-2023-38545', ['ALAS2023-2023-377 8.3.0-1.amzn2023.0.2 aarch64 High']],
    ['2023/core/x86_64', 'kernel', 'CVE-2023-26545', ['ALAS2023-2023-127 6.1.15-28.43.amzn2023 x86_64 High']],
    [
      '2023/kernel-livepatch/x86_64',
      'kernel-livepatch-6.1.12-19.43',
      'CVE-2023-26545',
      ['ALAS2023LIVEPATCH-2023-001 1.0-1.amzn2023 x86_64 High'],
    ],
    // The core kernel does not have this topic's fix, and the topic has no fix for packages of the core.
    ['2/core/x86_64', 'kernel', 'CVE-2022-0847', []],
    ['2/extras/nginx1/x86_64', 'curl', 'CVE-2023-38545', []],
  ];
  const documents = new Map<string, CountedRecords>();
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-alas-'));
    const tool = path.resolve(__dirname, '../../../../../tools/feeds/alas-to-updateinfo.mjs');
    execFileSync(process.execPath, [tool, alas ?? '', folder], { stdio: 'pipe' });
    const upstream = directoryUpstream(folder);
    for (const planned of (await amazonLinux.plan(upstream, undefined)).documents) {
      const answer = await upstream.get(planned.path ?? planned.name);
      if (answer.kind !== 'content') throw new Error(planned.name);
      const document = planned.name.replace('/updateinfo.xml', '');
      const namespace = targetOf(planned.name)?.namespace ?? '';
      const packages = new Set(facts.filter(([where]) => where === document).map(([, name]) => `${namespace} ${name}`));
      const records = amazonLinux.parse({ name: planned.name, body: answer.body });
      documents.set(document, await countRecords(records, packages));
    }
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('are read completely', () => {
    const sums = new Map<string, number[]>();
    for (const [document, { groups, advisories, problems, advisoryIds }] of documents) {
      const key = document.replace(/^2\/extras\/.*/, '2/extras').replace(/\/(?:x86_64|aarch64)$/, '');
      const counts = [1, groups, advisories, problems.length, document.endsWith('/x86_64') ? advisoryIds : 0];
      sums.set(
        key,
        counts.map((count, index) => count + (sums.get(key)?.[index] ?? 0)),
      );
    }
    // Documents, groups, advisories per package and CVE, problems, advisory ids.
    expect(Object.fromEntries(sums)).toEqual({
      '1/updates': [1, 15_044, 48_355, 0, 1811],
      '2/core': [2, 26_439, 68_928, 0, 1618],
      '2/extras': [82, 11_041, 63_296, 0, 833],
      '2022/core': [2, 4796, 20_263, 0, 277],
      '2023/core': [2, 12_362, 48_818, 0, 816],
      '2023/kernel-livepatch': [2, 63, 226, 0, 38],
    });
  });

  it.each(facts)('%s %s %s', (document, name, id, expected) => {
    const namespace = `amzn:${document.slice(0, document.indexOf('/'))}`;
    const found = documents.get(document)?.about(namespace, name, id) ?? [];
    const lines = found.map(({ advisory, ranges, scope, severity }) => {
      return [advisory, ranges?.[0]?.fixed, scope?.architectures?.join(','), severity].join(' ');
    });
    expect(lines.sort()).toEqual(expected);
    const topic = /^2\/extras\/(.+)\/\w+$/.exec(document)?.[1];
    for (const { scope } of found) {
      expect(scope?.origin).toBe(
        topic === undefined ? (/kernel-livepatch/.exec(document)?.[0] ?? undefined) : `amzn2extra-${topic}`,
      );
    }
  });
});
