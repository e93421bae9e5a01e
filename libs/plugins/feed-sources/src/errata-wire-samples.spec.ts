import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { FeedRecord, FeedSource } from '@clarion/model';
import { countRecords, sharedMaterial } from '@clarion/test-kit';
import { almalinux } from './almalinux';
import { amazonLinux } from './amazon-linux';
import { rockyLinux } from './rocky-linux';
import { repositoryFile } from './rpm-repository';
import { suse } from './suse';

const samples = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');

/** Excerpts of real upstream responses, with the upstream's compression. */
(samples === undefined ? describe.skip : describe)('wire samples of errata feeds (shared/feeds/formats)', () => {
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-errata-'));
    const samplePath = /(?:^|\/)pkg\/fetch\/((?:amazon|alma\/errata|rocky\/errata|suse\/osv)\/.+)$/;
    const packed = createReadStream(samples ?? '').pipe(createGunzip()) as AsyncIterable<Uint8Array>;
    const options = { label: 'samples', accept: (name: string) => samplePath.test(name) };
    for await (const member of archiveMembers(packed, options)) {
      const name = samplePath.exec(member.name)?.[1];
      if (name === undefined || member.problem !== undefined) continue;
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), member.content);
    }
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function* bodyOf(name: string): AsyncGenerator<Uint8Array> {
    const answer = await directoryUpstream(folder).get(name);
    if (answer.kind !== 'content') throw new Error(`no sample ${name}`);
    yield* answer.body;
  }

  async function read(source: FeedSource, document: string, file: string): Promise<readonly string[]> {
    const records: AsyncIterable<FeedRecord> = source.parse({ name: document, body: bodyOf(file) });
    const { groups, advisories, advisoryIds, problems, byNamespace } = await countRecords(records);
    return [Object.keys(byNamespace).join(' '), `${advisoryIds} ${groups} ${advisories}`, ...problems];
  }

  it.each<[string, string, FeedSource, readonly string[]]>([
    ['amazon/updateinfo_1.xml.gz', '1/updates/x86_64/updateinfo.xml', amazonLinux, ['amzn:1', '1 1 1']],
    // Named like a compressed file but plain: the format is detected from the bytes.
    ['amazon/updateinfo_invalid_gzip.xml.gz', '1/updates/x86_64/updateinfo.xml', amazonLinux, ['amzn:1', '1 1 1']],
    ['amazon/updateinfo_2.xml.gz', '2/core/x86_64/updateinfo.xml', amazonLinux, ['amzn:2', '1 1 2']],
    [
      'amazon/updateinfo_2_kernel-5.15.xml.gz',
      '2/extras/kernel-5.15/x86_64/updateinfo.xml',
      amazonLinux,
      ['amzn:2', '1 9 117'],
    ],
    ['amazon/updateinfo_2022.xml.gz', '2022/core/x86_64/updateinfo.xml', amazonLinux, ['', '0 0 0']],
    ['amazon/updateinfo_2023.xml.gz', '2023/core/x86_64/updateinfo.xml', amazonLinux, ['amzn:2023', '1 11 22']],
    [
      'amazon/updateinfo_2023_kernel-livepatch.xml.gz',
      '2023/kernel-livepatch/x86_64/updateinfo.xml',
      amazonLinux,
      ['amzn:2023', '1 1 1'],
    ],
    ['amazon/updateinfo_2023_nvidia.xml.gz', '2023/nvidia/x86_64/updateinfo.xml', amazonLinux, ['amzn:2023', '1 5 5']],
    ['alma/errata/errata.full.json', '8/errata.full.json', almalinux, ['alma:8', '1 2 72']],
    [
      'suse/osv/osv.tar.bz2',
      'osv.tar.bz2',
      suse,
      [
        'sles:12 sles:12.1 sles:12.2 sles:12.3 sles:12.4 sles:12.5',
        '55 202 4866',
        'SUSE-SU-403 Forbidden-1: Update with a damaged id: read without it',
        'SUSE-SU-403: Update with a damaged id: read without it',
      ],
    ],
  ])('%s is read as %s', async (file, document, source, expected) => {
    expect(await read(source, document, file)).toEqual(expected);
  });

  it.each([
    ['amazon/updateinfo_invalid_xml.xml.gz', amazonLinux, '2/core/x86_64/updateinfo.xml'],
    ['alma/errata/invalid.json', almalinux, '8/errata.full.json'],
    // Pages 1 and 8019 of 8019.
    ['rocky/errata/happy/page1.json', rockyLinux, 'advisories'],
    ['rocky/errata/happy/page2.json', rockyLinux, 'advisories'],
  ] as const)('%s is rejected', async (file, source, document) => {
    await expect(read(source, document, file)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('pages of Rocky Linux are read with all their advisories', async () => {
    const page = JSON.parse(readFileSync(path.join(folder, 'rocky/errata/happy/page1.json'), 'utf8')) as object;
    const text = JSON.stringify({ ...page, total: 1 });
    async function* body(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield Buffer.from(text);
    }
    const counted = await countRecords(
      rockyLinux.parse({ name: 'advisories', body: body() }),
      new Set(['rocky:10 go-toolset']),
    );
    expect(counted.problems).toEqual([]);
    expect(counted.about('rocky:10', 'go-toolset', 'CVE-2025-58183')).toMatchObject([
      {
        advisory: 'RLSA-2025:21816',
        ranges: [{ fixed: '1.25.3-1.el10_1' }],
        severity: 'Medium',
        scope: { architectures: ['aarch64', 'ppc64le', 's390x', 'x86_64'] },
        published: '2025-11-27',
      },
    ]);
  });

  it.each([
    [
      'amazon/repomd_valid.xml',
      {
        location: 'repodata/updateinfo.xml.gz',
        sha256: 'c9ac7193dabd58f11b7694876377fa70995f7c8150a285a26b2e2579f079d429',
      },
    ],
    ['amazon/repomd_noupdateinfo.xml', undefined],
    ['amazon/repomd_invalid.xml', undefined],
  ])('%s has the path of updateinfo', async (file, expected) => {
    expect(await repositoryFile(bodyOf(file), 'updateinfo')).toEqual(expected);
  });
});
