import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { FeedRecord } from '@clarion/model';
import { buildZip, sharedMaterial, zippedInput } from '@clarion/test-kit';
import { osv } from '.';
import { downloadedEcosystems } from '../osv-ecosystems';

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += 262_144) yield bytes.subarray(at, at + 262_144);
}

async function read(name: string, bytes: Uint8Array): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of osv.parse({ name, body: chunks(bytes) })) records.push(record);
  return records;
}

describe('osv', () => {
  const inputs = downloadedEcosystems.map((ecosystem) =>
    zippedInput(path.join(__dirname, 'testdata'), { archive: `${ecosystem}/all.zip`, folder: ecosystem }),
  );

  it.each(inputs)('contains the test records in its archive $archive', async ({ bytes, entries }) => {
    const members: unknown[] = [];
    for await (const member of archiveMembers(chunks(bytes), { label: 'all.zip' })) members.push(member);
    expect(members).toEqual(entries.map(({ name, content }) => ({ name, content })));
  });

  it('requests one archive per ecosystem', async () => {
    const upstream = { get: () => Promise.reject(new Error('asked')), list: () => Promise.reject(new Error('listed')) };
    const { documents } = await osv.plan(upstream, undefined);
    // A missing archive is a failure: an ecosystem does not reach end of life.
    expect(documents).toEqual(inputs.map(({ archive }) => ({ name: archive, required: true })));
  });

  it('continues after invalid records', async () => {
    const bytes = buildZip([
      { name: 'broken.json', content: '{"id":' },
      { name: 'list.json', content: '[]' },
      { name: 'notes.txt', content: 'not a record' },
      { name: 'GHSA-1.json', content: JSON.stringify({ id: 'GHSA-1', affected: [{}] }) },
    ]);
    expect(await read('npm/all.zip', bytes)).toEqual([
      { kind: 'problem', record: 'broken.json', message: 'Record is not JSON' },
      { kind: 'problem', record: 'list.json', message: 'Record without a usable id' },
      { kind: 'problem', record: 'GHSA-1', message: 'Affected entry without a package' },
    ]);
  });
});

interface Counts {
  readonly texts: number;
  readonly groups: number;
  readonly advisories: number;
  readonly malicious: number;
  readonly informational: number;
  readonly problems: number;
}

function countsOf(records: readonly FeedRecord[]): Counts {
  const groups = records.flatMap((record) => (record.kind === 'group' ? [record.group] : []));
  const advisories = groups.flatMap(({ advisories }) => advisories);
  return {
    texts: records.filter(({ kind }) => kind === 'vulnerability').length,
    groups: groups.length,
    advisories: advisories.length,
    malicious: advisories.filter(({ kind }) => kind === 'malicious').length,
    informational: advisories.filter(({ kind }) => kind === 'informational').length,
    problems: records.filter(({ kind }) => kind === 'problem').length,
  };
}

const real = sharedMaterial('feeds', 'osv');

(real === undefined ? describe.skip : describe)('real OSV export (shared/feeds/osv)', () => {
  // Records and advisories were also counted with another program; an entry without a version is a problem.
  it.each([
    ['npm', { texts: 3792, groups: 4008, advisories: 4023, problems: 1 }],
    ['PyPI', { texts: 6661, groups: 7679, advisories: 7712, problems: 2 }],
    ['Maven', { texts: 5309, groups: 6089, advisories: 6089 }],
    ['NuGet', { texts: 684, groups: 2382, advisories: 2389, malicious: 743 }],
    ['crates.io', { texts: 1612, groups: 1672, advisories: 2009, malicious: 2, informational: 283 }],
    ['Go', { texts: 3953, groups: 4976, advisories: 5098, problems: 1 }],
    ['RubyGems', { texts: 892, groups: 940, advisories: 949 }],
    // Introduced in 1.3.0r1, fixed in 1.3.0r4: these are not Composer versions.
    ['Packagist', { texts: 4288, groups: 4737, advisories: 4752, problems: 1 }],
  ])(
    'is read completely: %s',
    async (ecosystem, counts) => {
      const records = await read(`${ecosystem}/all.zip`, readFileSync(path.join(real ?? '', ecosystem, 'all.zip')));
      expect(countsOf(records)).toEqual({ malicious: 0, informational: 0, problems: 0, ...counts });
      const unread = records.flatMap((record) => (record.kind === 'problem' ? [record.message] : []));
      const known = /No affected version is named$|Range with a version that composer cannot order$/;
      expect(unread.filter((message) => !known.test(message))).toEqual([]);
    },
    60_000,
  );

  it('reports malicious packages with a separate kind', async () => {
    const lines = gunzipSync(readFileSync(path.join(real ?? '', 'malicious-npm-sample.ndjson.gz')))
      .toString()
      .trim()
      .split('\n');
    const zip = buildZip(lines.map((content, index) => ({ name: `MAL-${index}.json`, content })));
    expect(countsOf(await read('npm/all.zip', zip))).toEqual({
      texts: 0,
      groups: 2000,
      advisories: 2000,
      malicious: 2000,
      informational: 0,
      problems: 0,
    });
  });
});
