import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { Advisory, FetchResult, FeedRecord, FeedState, Upstream } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { photon } from '.';
import { namespaceOf, photonDocuments } from './documents';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function recordsOf(json: string, name = 'cve_data_photon5.0.json'): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of photon.parse({ name, body: once(json) })) records.push(record);
  return records;
}

const row = {
  cve_id: 'CVE-2099-0001',
  pkg: 'example',
  cve_score: 0,
  aff_ver: 'all versions before 1.0-2.ph5 are vulnerable',
  res_ver: '1.0-2.ph5',
  status: 'Fixed',
};

async function advisoryOf(more: Readonly<Record<string, unknown>>): Promise<Advisory | undefined> {
  const [record] = await recordsOf(JSON.stringify([{ ...row, ...more }]));
  return record?.kind === 'group' ? record.group.advisories[0] : undefined;
}

describe('states of photon', () => {
  const ranges = [{ fixed: '1.0-2.ph5' }];
  it.each([
    ['Fixed', '1.0-2.ph5', { state: 'fixed', ranges }],
    ['fixed', '0:1.0-2.ph5', { state: 'fixed', ranges }],
    ['Not Affected', 'NA', { state: 'not_affected' }],
    ['Not Affected', '1.0-2.ph5', { state: 'not_affected' }],
    ['not_affected', '', { state: 'not_affected' }],
    ['Open', 'NA', { state: 'affected', reason: 'status: Open' }],
    ['Open', '1.0-2.ph5', { state: 'affected', ranges, reason: 'status: Open' }],
  ])('%s in %s', async (status, resolved, expected) => {
    expect(await advisoryOf({ status, res_ver: resolved })).toEqual({ id: 'CVE-2099-0001', ...expected });
  });

  it.each([
    [9.8, 'Critical', 'CVSS 9.8'],
    [9, 'Critical', 'CVSS 9'],
    [8.9, 'High', 'CVSS 8.9'],
    ['7.5', 'High', 'CVSS 7.5'],
    [6.9, 'Medium', 'CVSS 6.9'],
    [3.9, 'Low', 'CVSS 3.9'],
    [0, undefined, undefined],
    [11, undefined, undefined],
    ['NA', undefined, undefined],
    [null, undefined, undefined],
  ])('score %s', async (score, severity, word) => {
    const advisory = await advisoryOf({ cve_score: score });
    expect([advisory?.severity, advisory?.vendorSeverity]).toEqual([severity, word]);
  });

  it.each(['CVE-2025-9086', 'BDSA-2025-13833', 'UNK-1'])('id %s', async (id) => {
    expect((await advisoryOf({ cve_id: id }))?.id).toBe(id);
  });
});

describe('problems of photon', () => {
  it.each([
    ['an invalid id', { cve_id: 'Re' }, 'Re example', 'is not an id'],
    ['no id', { cve_id: undefined }, 'example', 'is not an id'],
    ['an invalid package', { pkg: 'a b' }, 'CVE-2099-0001 a b', 'is not a name'],
    ['fixed without a version', { res_ver: 'NA' }, 'CVE-2099-0001 example', 'Fixed without a version'],
    ['an invalid version', { res_ver: 'see notes' }, 'CVE-2099-0001 example', '"see notes" is not a version'],
    ['no status', { status: null }, 'CVE-2099-0001 example', 'without status'],
  ])('%s', async (_, more, record, message) => {
    expect(await recordsOf(JSON.stringify([{ ...row, ...more }]))).toEqual([
      { kind: 'problem', record, message: expect.stringContaining(message) as string },
    ]);
  });

  it('do not hide the other rows', async () => {
    const records = await recordsOf(`[5, {"cve_id":x}, ${JSON.stringify(row)}]`);
    expect(records.map((record) => (record.kind === 'problem' ? record.record : record.kind))).toEqual([
      'row 1',
      'row 2',
      'group',
    ]);
  });

  it.each([
    ['a document of no branch', '[]', 'cve_data.json'],
    ['an object', '{"CVE-2099-0001":[]}', 'cve_data_photon5.0.json'],
    ['an index without branches', '{"branch":["5.0"]}', 'photon_versions.json'],
  ])('refuse %s', async (_, json, name) => {
    await expect(recordsOf(json, name)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

describe('documents of photon', () => {
  const site = (index: FetchResult): { readonly upstream: Upstream; readonly asked: unknown[] } => {
    const asked: unknown[] = [];
    const get: Upstream['get'] = (name, validators) => {
      asked.push([name, validators]);
      return Promise.resolve(index);
    };
    return { upstream: { get, list: () => Promise.resolve([]) }, asked };
  };
  const content = (json: string): FetchResult => ({ kind: 'content', body: once(json), validators: {} });
  const state = (documents: readonly string[]): FeedState => {
    const validators = { etag: '"1"' };
    const known = documents.map((name) => [name, { validators, groups: 0, namespaces: [] }]);
    return { documents: Object.fromEntries(known) as FeedState['documents'] } as FeedState;
  };

  it('are those of the listed branches, whatever their number', async () => {
    const { upstream } = site(content('{"branches":["5.0","4.0","6.0","5.0","../x","7",8]}'));
    expect(await photonDocuments(upstream, undefined)).toEqual([
      'photon_versions.json',
      'cve_data_photon4.0.json',
      'cve_data_photon5.0.json',
      'cve_data_photon6.0.json',
    ]);
  });

  it('stay the known ones while the index is unchanged', async () => {
    const known = ['photon_versions.json', 'cve_data_photon4.0.json'];
    const { upstream, asked } = site({ kind: 'unchanged' });
    expect(await photonDocuments(upstream, state(known))).toEqual(known);
    expect(asked).toEqual([['photon_versions.json', { etag: '"1"' }]]);
  });

  it('are requested without condition when only the index is known', async () => {
    const { upstream, asked } = site(content('{"branches":["5.0"]}'));
    await photonDocuments(upstream, state(['photon_versions.json']));
    expect(asked).toEqual([['photon_versions.json', undefined]]);
  });

  it.each<[string, FetchResult, string]>([
    ['a missing index', { kind: 'missing' }, 'upstream-unavailable'],
    ['an empty index', content('{"branches":[]}'), 'upstream-unavailable'],
    ['a damaged index', content('{"branches":'), 'corrupt-data'],
    ['a page of HTML', content('<html></html>'), 'corrupt-data'],
  ])('refuse %s', async (_, index, code) => {
    await expect(photonDocuments(site(index).upstream, undefined)).rejects.toMatchObject({ code });
  });

  it.each([
    ['cve_data_photon4.0.json', 'photon:4.0'],
    ['cve_data_photon10.1.json', 'photon:10.1'],
    ['cve_data_photon4.json', undefined],
    ['photon_versions.json', undefined],
  ])('%s', (name, namespace) => {
    expect(namespaceOf(name)).toBe(namespace);
  });
});

const fixtures = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');

(fixtures === undefined ? describe.skip : describe)('wire fixtures of Photon OS (shared/feeds/formats)', () => {
  it.each([
    ['cve_data_photon1.0.json', ['apache-ant CVE-2020-11979 fixed', 'apache-ant CVE-2020-1945 fixed']],
    [
      'cve_data_photon4.0.json',
      [
        'curl CVE-2025-9086 fixed',
        'curl-devel CVE-2025-9086 fixed',
        'curl-libs CVE-2025-9086 fixed',
        'curl UNK-1 not_affected',
        'curl-devel UNK-1 not_affected',
        'curl-libs UNK-1 not_affected',
        'Re linux: "Re" is not an id of a vulnerability',
      ],
    ],
    ['cve_data_photon5.0.json', ['ansible CVE-2023-5115 fixed', 'consul BDSA-2025-13833 not_affected']],
    ['photon_versions.json', []],
  ])('%s', async (name, expected) => {
    const archive = createReadStream(fixtures ?? '').pipe(createGunzip()) as AsyncIterable<Uint8Array>;
    const file = `pkg/fetch/photon/cve/happy/${name}`;
    let found: readonly FeedRecord[] | undefined;
    for await (const member of archiveMembers(archive, { label: 'fixtures', accept: (path) => path === file })) {
      if (member.problem !== undefined || member.name !== file) continue;
      found = await recordsOf(Buffer.from(member.content).toString(), name);
    }
    expect(found?.map(describeRecord)).toEqual(expected);
  });

  function describeRecord(record: FeedRecord): string {
    if (record.kind === 'problem') return `${record.record}: ${record.message}`;
    if (record.kind !== 'group') return record.kind;
    return record.group.advisories.map(({ id, state }) => `${record.group.package} ${id} ${state}`).join('; ');
  }
});
