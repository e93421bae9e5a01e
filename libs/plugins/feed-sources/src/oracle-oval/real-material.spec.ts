import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { archiveMembers } from '@clarion/file-formats/documents';
import { decompress } from '@clarion/layer-archive';
import type { Advisory, FeedRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { oracleOval } from '.';

const material = sharedMaterial('feeds', 'oracle', 'elsa-vuls-extracted-2025-02-10.ndjson.gz');
const script = path.resolve(__dirname, '../../../../../tools/feeds/oracle-extracted-to-oval.mjs');

/** Real errata; their advisories (one for each CVE, package, version and release) are counted by hand. */
const errata: readonly (readonly [id: string, advisories: number])[] = [
  ['ELSA-2007-0057', 16],
  ['ELSA-2010-2010', 18],
  ['ELSA-2014-1306', 15],
  ['ELSA-2014-3084', 70],
  ['ELSA-2015-0266', 8],
  ['ELSA-2016-3523', 9],
  ['ELSA-2020-5493', 36],
  ['ELSA-2020-5503-1', 12],
  ['ELSA-2020-5966', 2],
  ['ELSA-2021-4386', 25],
  ['ELSA-2021-9128', 62],
  ['ELSA-2021-9528', 10],
  ['ELSA-2022-4730', 2],
  ['ELSA-2022-7548', 12],
  ['ELSA-2022-7821', 16],
  ['ELSA-2023-12323', 60],
  ['ELSA-2023-12342', 206],
  ['ELSA-2024-10218', 1],
  ['ELSA-2024-12580', 23],
  ['ELSA-2024-2447', 35],
  ['ELSA-2024-8680', 1],
  ['ELSA-2024-8838', 8],
  ['ELSA-2024-9470', 8],
];

(material === undefined ? describe.skip : describe)(
  'real errata of Oracle Linux, written as OVAL (shared/feeds/oracle)',
  () => {
    const found = new Map<string, Advisory[]>();
    const counts = new Map<string, number>();
    const problems: string[] = [];

    beforeAll(async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'clarion-oracle-'));
      try {
        const file = path.join(folder, 'oval.xml');
        const ids = errata.map(([id]) => id);
        const run = spawnSync(process.execPath, [script, material ?? '', file, ...ids], { encoding: 'utf8' });
        expect({ status: run.status, errors: run.stderr }).toEqual({ status: 0, errors: '' });
        await read(file);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }, 300_000);

    async function read(file: string): Promise<void> {
      const body = createReadStream(file) as AsyncIterable<Uint8Array>;
      for await (const record of oracleOval.parse({ name: 'com.oracle.elsa-all.xml', body })) {
        if (record.kind === 'problem') problems.push(record.message);
        if (record.kind !== 'group') continue;
        for (const advisory of record.group.advisories) {
          const { advisory: elsa = '', id } = advisory;
          counts.set(elsa, (counts.get(elsa) ?? 0) + 1);
          const key = `${record.group.namespace} ${record.group.package} ${id}`;
          found.set(key, [...(found.get(key) ?? []), advisory]);
        }
      }
    }

    it('are read without problems', () => {
      expect(problems).toEqual([]);
    });

    it.each(errata)('%s yields %i advisories', (id, expected) => {
      expect(counts.get(id)).toBe(expected);
    });

    // Checked by hand: severity, version, architectures (32-bit packages are added from release 7), module, flavour.
    it.each([
      ['oracle:5 bind CVE-2007-0493', 'Medium < 30:9.3.3-8.el5 i386 x86_64'],
      ['oracle:5 kernel-PAE ELSA-2010-2010', 'High < 2.6.18-194.17.1.0.2.el5 i386'],
      ['oracle:5 bash CVE-2014-7169', 'High < 3.2-33.el5_11.4 i386 ia64 x86_64'],
      ['oracle:6 bash CVE-2014-7169', 'High < 4.1.2-15.el6_5.2 i686 x86_64'],
      ['oracle:7 bash CVE-2014-7169', 'High < 4.2.45-5.el7_0.4 i686 x86_64'],
      ['oracle:8 bash CVE-2014-7169', ''],
      ['oracle:5 bash-doc CVE-2014-7169', ''],
      ['oracle:6 kernel-uek CVE-2014-3611', 'High < 3.8.13-44.1.4.el6uek x86_64'],
      ['oracle:6 thunderbird CVE-2015-0822', 'High < 31.5.0-1.0.1.el6_6 i686 x86_64'],
      ['oracle:7 thunderbird CVE-2015-0822', ''],
      ['oracle:7 openssl ELSA-2016-3523', 'High < 2:1.0.1e-51.ksplice1.el7_2.4 i686 x86_64 ksplice'],
      ['oracle:7 openssl CVE-2021-23840', 'High < 10:1.0.2k-22.el7_9_fips aarch64 i686 x86_64 fips'],
      ['oracle:8 delve CVE-2020-28362', 'Medium < 1.4.1-1.0.1.module+el8.3.0+7887+1b2c3dab i686 x86_64 go-toolset:ol8'],
      ['oracle:8 mariadb-connector-c CVE-2020-13249', 'Medium < 3.1.11-2.el8_3 aarch64 i686 x86_64'],
      ['oracle:7 docker-cli CVE-2020-15257', 'High < 19.03.11.ol-7.el7 aarch64 i686 x86_64'],
      ['oracle:8 gcc CVE-2018-20673', 'Low < 8.5.0-3.0.2.el8 aarch64 i686 x86_64'],
      ['oracle:8 babel CVE-2021-3177', 'High < 2.5.1-9.module+el8.3.0+7833+4aaf98ce aarch64 i686 x86_64 python27:2.7'],
      ['oracle:7 thunderbird CVE-2022-1529', 'Critical < 91.9.1-1.0.1.el7_9 aarch64 i686 x86_64'],
      [
        'oracle:8 nodejs CVE-2022-35255',
        'High < 1:18.8.0-1.module+el8.7.0+20871+e727ae93 aarch64 i686 x86_64 nodejs:18',
      ],
      ['oracle:7 kernel-uek CVE-2023-1513', 'High < 4.1.12-124.74.2.el7uek i686 x86_64'],
      [
        'oracle:8 hivex CVE-2023-0664',
        'High < 1.3.18-21.module+el8.7.0+21037+8ee66348 aarch64 i686 x86_64 virt:kvm_utils',
      ],
      ['oracle:9 perl-App-cpanminus CVE-2024-45321', 'Medium < 1.7044-14.1.el9_5 aarch64 i686 x86_64'],
      ['oracle:8 iwl100-firmware CVE-2023-31315', 'Medium < 999:39.31.5.1-999.34.el8 aarch64 i686 x86_64'],
      ['oracle:9 openssl CVE-2023-3446', 'Low < 1:3.0.7-27.0.3.el9 aarch64 i686 x86_64'],
      ['oracle:9 cups CVE-2024-47175', 'Low < 1:2.3.3op2-31.el9_5 aarch64 i686 x86_64'],
      ['oracle:8 cups CVE-2024-47175', ''],
    ])('%s', (key, expected) => {
      expect((found.get(key) ?? []).map(describeAdvisory).join('; ')).toBe(expected);
    });

    function describeAdvisory({ severity, ranges = [], scope = {} }: Advisory): string {
      const { architectures = [], module, flavour } = scope;
      const words = [severity, `< ${ranges[0]?.fixed ?? ''}`, ...architectures, module, flavour];
      return words.filter((word) => word !== undefined).join(' ');
    }
  },
);

const fixtures = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');

(fixtures === undefined ? describe.skip : describe)('wire fixtures of Oracle Linux (shared/feeds/formats)', () => {
  async function recordsOf(file: string): Promise<readonly FeedRecord[]> {
    const name = `pkg/fetch/oracle/linux/${file}`;
    const archive = createReadStream(fixtures ?? '').pipe(createGunzip()) as AsyncIterable<Uint8Array>;
    const records: FeedRecord[] = [];
    for await (const member of archiveMembers(archive, { label: 'fixtures', accept: (found) => found === name })) {
      if (member.problem !== undefined || member.name !== name) continue;
      const body = decompress(pieces(member.content));
      for await (const record of oracleOval.parse({ name: 'com.oracle.elsa-all.xml', body })) records.push(record);
      return records;
    }
    throw new Error(`${name} is not there`);
  }

  async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (let at = 0; at < content.length; at += 100) yield content.subarray(at, at + 100);
  }

  it('are read from a bzip2 file', async () => {
    const records = await recordsOf('com.oracle.elsa-all.xml.bz2');
    const groups = records.flatMap((record) => (record.kind === 'group' ? [record.group] : []));
    expect(groups.map((group) => [group.namespace, group.package])).toEqual([
      ['oracle:5', 'bind'],
      ['oracle:5', 'bind-chroot'],
      ['oracle:5', 'bind-devel'],
      ['oracle:5', 'bind-libbind-devel'],
      ['oracle:5', 'bind-libs'],
      ['oracle:5', 'bind-sdb'],
      ['oracle:5', 'bind-utils'],
      ['oracle:5', 'caching-nameserver'],
      ['oracle:8', 'hivex'],
    ]);
    expect(groups.at(-1)?.advisories).toMatchObject([
      { id: 'CVE-2023-0664', scope: { architectures: ['aarch64'], module: 'virt:kvm_utils' } },
      { id: 'CVE-2022-4144', scope: { architectures: ['aarch64'], module: 'virt:kvm_utils' } },
    ]);
    expect(records.filter(({ kind }) => kind !== 'group').map(({ kind }) => kind)).toEqual(
      Array.from({ length: 4 }, () => 'vulnerability'),
    );
  });

  it.each(['invalid.xml', 'invalid.xml.bz2'])('reject %s', async (name) => {
    await expect(recordsOf(name)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});
