import { readFileSync } from 'node:fs';
import path from 'node:path';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { FeedRecord } from '@clarion/model';
import { buildZip, sharedMaterial, zippedInput } from '@clarion/test-kit';
import { goVulndb } from '.';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function read(bytes: Uint8Array): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of goVulndb.parse({ name: 'vulndb.zip', body: once(bytes) })) records.push(record);
  return records;
}

const events = [{ introduced: '0' }, { fixed: '1.21.3' }];

describe('go-vulndb', () => {
  // Go's archive/zip writes sizes after the content.
  const input = zippedInput(path.join(__dirname, 'testdata'), {
    archive: 'vulndb.zip',
    folder: '',
    form: { descriptor: 'signed' },
  });

  it('contains the test records in its archive', async () => {
    const members: unknown[] = [];
    for await (const member of archiveMembers(once(input.bytes), { label: 'vulndb.zip' })) members.push(member);
    expect(members).toEqual(input.entries.map(({ name, content }) => ({ name, content })));
  });

  it('has what is about the toolchain for the program go as well', async () => {
    const affected = [{ package: { name: 'toolchain', ecosystem: 'Go' }, ranges: [{ type: 'SEMVER', events }] }];
    const content = JSON.stringify({ id: 'GO-2099-0001', modified: '2099-01-01T00:00:00Z', affected });
    const records = await read(buildZip([{ name: 'ID/GO-2099-0001.json', content }]));
    const groups = records.flatMap((record) => (record.kind === 'group' ? [record.group] : []));
    expect(groups).toMatchObject([
      { namespace: 'go', package: 'toolchain' },
      { namespace: 'generic:go', package: 'go', scheme: 'go', advisories: [{ ranges: [{ fixed: '1.21.3' }] }] },
    ]);
  });

  it('requests one archive', async () => {
    const upstream = { get: () => Promise.reject(new Error('asked')), list: () => Promise.reject(new Error('listed')) };
    expect(await goVulndb.plan(upstream, undefined)).toEqual({ documents: [{ name: 'vulndb.zip' }] });
  });

  it('reads only records, not the index', async () => {
    const records = await read(input.bytes);
    expect(records.filter(({ kind }) => kind === 'problem')).toEqual([]);
    expect(records.flatMap((record) => (record.kind === 'group' ? [record.group.package] : []))).toEqual([
      'golang.org/x/text',
      'stdlib',
      'golang.org/x/net',
    ]);
  });
});

const real = sharedMaterial('feeds', 'osv', 'Go-vuln.go.dev-2026-08-21', 'all.zip');

(real === undefined ? describe.skip : describe)('real Go vulnerability database', () => {
  it('is read completely', async () => {
    const records = await read(readFileSync(real ?? ''));
    const groups = records.flatMap((record) => (record.kind === 'group' ? [record.group] : []));
    const texts = records.flatMap((record) => (record.kind === 'vulnerability' ? [record.text] : []));
    const of = (id: string, name: string): unknown =>
      groups.flatMap(({ package: pkg, advisories }) =>
        pkg === name ? advisories.filter((a) => a.advisory === id) : [],
      );
    expect({
      records: texts.length,
      withdrawn: texts.filter(({ rejected }) => rejected).length,
      groups: groups.length,
      advisories: groups.flatMap(({ advisories }) => advisories).length,
      packages: new Set(groups.map((group) => group.package)).size,
      problems: records.filter(({ kind }) => kind === 'problem'),
    }).toEqual({ records: 4291, withdrawn: 17, groups: 6073, advisories: 6108, packages: 1368, problems: [] });
    expect(of('GO-2023-2102', 'stdlib')).toMatchObject([
      { id: 'CVE-2023-39325', ranges: [{ fixed: '1.20.10' }, { introduced: '1.21.0-0', fixed: '1.21.3' }] },
    ]);
    expect(of('GO-2025-3750', 'stdlib')).toMatchObject([
      {
        imports: [
          { path: 'syscall', functions: ['Open'], os: ['windows'] },
          { path: 'os', os: ['windows'] },
        ],
      },
    ]);
  }, 300_000);
});
