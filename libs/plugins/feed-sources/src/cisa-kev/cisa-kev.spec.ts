import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { FeedRecord, VulnerabilityRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { cisaKev } from '.';

async function* chunks(text: string | Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

async function recordsOf(text: string | Buffer): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for await (const record of cisaKev.parse({ name: 'known.json', body: chunks(text) })) all.push(record);
  return all;
}

const catalogue = (...vulnerabilities: readonly unknown[]): string =>
  JSON.stringify({ title: 'KEV', count: vulnerabilities.length, vulnerabilities });

const entry = { cveID: 'CVE-2014-0160', dateAdded: '2022-05-04' };

describe('entries of the catalogue', () => {
  const text = (more: Partial<VulnerabilityRecord>): FeedRecord => ({
    kind: 'vulnerability',
    text: {
      feed: 'cisa-kev',
      id: 'CVE-2014-0160',
      knownExploited: { dateAdded: '2022-05-04', ransomware: false },
      ...more,
    },
  });
  const known = (more: object): Partial<VulnerabilityRecord> => ({
    knownExploited: { dateAdded: '2022-05-04', ransomware: false, ...more },
  });

  test.each([
    ['the least there is', {}, {}],
    ['ransomware', { knownRansomwareCampaignUse: 'Known' }, known({ ransomware: true })],
    ['no ransomware that CISA knows of', { knownRansomwareCampaignUse: 'Unknown' }, {}],
    ['a due date', { dueDate: '2022-05-25' }, known({ dueDate: '2022-05-25' })],
    ['an invalid due date', { dueDate: 'N/A' }, {}],
    ['an action', { requiredAction: ' Apply updates. ' }, known({ requiredAction: 'Apply updates.' })],
    ['weaknesses', { cwes: ['CWE-125', 'CWE-125', 'CWE-x', 7] }, { cwes: ['CWE-125'] }],
    [
      'links',
      { notes: 'See: https://a.example/x ; javascript:alert(1);https://b.example/y' },
      { links: ['https://a.example/x', 'https://b.example/y'] },
    ],
  ])('%s', async (_, more, expected) => {
    expect(await recordsOf(catalogue({ ...entry, ...more }))).toEqual([text(expected)]);
  });

  test.each([
    ['no id', { dateAdded: '2022-05-04' }],
    ['another id', { ...entry, cveID: 'GHSA-aaaa-bbbb-cccc' }],
    ['no day', { cveID: 'CVE-2014-0160' }],
    ['a number', 7],
    ['a list', []],
  ])('a bad entry is a problem, and the next is read: %s', async (_, bad) => {
    expect((await recordsOf(catalogue(bad, entry))).map(({ kind }) => kind)).toEqual(['problem', 'vulnerability']);
  });

  test('reports a count that differs from the number of entries', async () => {
    const records = await recordsOf(JSON.stringify({ vulnerabilities: [entry], count: 2 }));
    expect(records[1]).toMatchObject({ kind: 'problem', record: 'count' });
  });

  test.each([
    ['no list', '{"count":0}'],
    ['an empty list', '{"vulnerabilities":[]}'],
    ['a list that is an object', '{"vulnerabilities":{}}'],
  ])('rejects %s, which would mean that nothing is exploited', async (_, body) => {
    await expect(recordsOf(body)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

const real = sharedMaterial('feeds', 'kev', 'known_exploited_vulnerabilities.json.gz');

(real === undefined ? describe.skip : describe)('real catalogue of 2025-08-25 (shared/feeds/kev)', () => {
  it('is read completely', async () => {
    const records = await recordsOf(gunzipSync(readFileSync(real ?? '')));
    const texts = records.flatMap((record) => (record.kind === 'vulnerability' ? [record.text] : []));
    expect({
      records: records.length,
      texts: texts.length,
      ransomware: texts.filter(({ knownExploited }) => knownExploited?.ransomware === true).length,
      due: texts.filter(({ knownExploited }) => knownExploited?.dueDate !== undefined).length,
      weaknesses: texts.filter(({ cwes }) => cwes !== undefined).length,
      linked: texts.filter(({ links }) => links !== undefined).length,
    }).toEqual({ records: 1404, texts: 1404, ransomware: 293, due: 1404, weaknesses: 1252, linked: 1404 });
    expect(texts.find(({ id }) => id === 'CVE-2025-48384')).toMatchObject({
      cwes: ['CWE-59', 'CWE-436'],
      knownExploited: { dateAdded: '2025-08-25', dueDate: '2025-09-15', ransomware: false },
    });
  });
});
