import { createReadStream } from 'node:fs';
import { createGunzip, gunzipSync } from 'node:zlib';
import { archiveMembers } from '@clarion/file-formats/documents';
import type { FeedRecord, VulnerabilityRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { nvd } from '.';

async function* chunks(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000);
}

async function recordsOf(text: string | Uint8Array, name = 'nvdcve-2.0-2024.json'): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for await (const record of nvd.parse({ name, body: chunks(text) })) all.push(record);
  return all;
}

const page = (vulnerabilities: readonly unknown[], totalResults = vulnerabilities.length): string =>
  JSON.stringify({
    resultsPerPage: 1,
    startIndex: 0,
    totalResults,
    format: 'NVD_CVE',
    version: '2.0',
    vulnerabilities,
  });

const id = 'CVE-2024-0001';
const critical = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const medium = 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:L/A:N';
const metric = (source: string, type: string, vectorString: unknown): unknown => ({
  source,
  type,
  cvssData: { version: '3.1', vectorString },
});

describe('a CVE of NVD', () => {
  test.each<[string, object, Partial<VulnerabilityRecord>]>([
    ['with nothing but its id', {}, {}],
    [
      'in several languages',
      {
        descriptions: [
          { lang: 'es', value: 'x' },
          { lang: 'en', value: 'y' },
        ],
      },
      { description: 'y' },
    ],
    ['without English', { descriptions: [{ lang: 'es', value: 'x' }, null, 7] }, {}],
    [
      'with a long description',
      { descriptions: [{ lang: 'en', value: 'x'.repeat(9000) }] },
      { description: `${'x'.repeat(3999)}…` },
    ],
    ['with a time without zone', { published: '2024-05-14T15:45:11.543' }, { published: '2024-05-14T15:45:11.543Z' }],
    ['with an invalid time', { published: 'yesterday' }, {}],
    ['that is rejected', { vulnStatus: 'Rejected' }, { rejected: true }],
    ['that is deferred', { vulnStatus: 'Deferred' }, {}],
    [
      'scored by NVD and by its CNA',
      {
        sourceIdentifier: 'cna@example.org',
        metrics: {
          cvssMetricV31: [metric('nvd@nist.gov', 'Primary', critical), metric('cna@example.org', 'Secondary', medium)],
        },
      },
      {
        cvss: [
          { source: 'nvd@nist.gov', vector: critical, primary: true },
          { source: 'cna@example.org', vector: medium, cna: true },
        ],
      },
    ],
    [
      'scored twice alike',
      { metrics: { cvssMetricV31: [metric('a', 'Primary', medium), metric('a', 'Secondary', medium)] } },
      { cvss: [{ source: 'a', vector: medium, primary: true }] },
    ],
    ['with metrics of other shapes', { metrics: { cvssMetricV31: [null, {}, { cvssData: 7 }], cvssMetricV2: {} } }, {}],
    ['with metrics that are not vectors at all', { metrics: { ssvcV203: [{ source: 'a', ssvcData: {} }] } }, {}],
    [
      'with weaknesses',
      {
        weaknesses: [
          { description: [{ value: 'CWE-79' }, { value: 'NVD-CWE-Other' }] },
          { description: [{ value: 'CWE-79' }] },
          {},
        ],
      },
      { cwes: ['CWE-79'] },
    ],
  ])('%s', async (_, fields, expected) => {
    expect(await recordsOf(page([{ cve: { id, ...fields } }]))).toEqual([
      { kind: 'vulnerability', text: { feed: 'nvd', id, ...expected } },
    ]);
  });

  test('with a malformed vector keeps the others and reports the vector', async () => {
    const metrics = { cvssMetricV31: [metric('a', 'Primary', `${critical}/ZZ:1`), metric('b', 'Secondary', medium)] };
    const records = await recordsOf(page([{ cve: { id, metrics } }]));
    expect(records).toEqual([
      { kind: 'vulnerability', text: { feed: 'nvd', id, cvss: [{ source: 'b', vector: medium }] } },
      { kind: 'problem', record: id, message: `Not a CVSS vector: ${critical}/ZZ:1` },
    ]);
  });
});

describe('documents of NVD', () => {
  const answer = 'api/2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z';

  test('reports a file with fewer records than it states', async () => {
    expect((await recordsOf(page([{ cve: { id } }], 2))).map(({ kind }) => kind)).toEqual(['vulnerability', 'problem']);
  });

  test('rejects a response with fewer records than it states', async () => {
    await expect(recordsOf(page([{ cve: { id } }], 2), answer)).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  test('accepts an empty response', async () => {
    expect(await recordsOf(page([]), answer)).toEqual([]);
  });

  test.each([
    ['the retired format 1.1', '{"CVE_data_type":"CVE","CVE_Items":[]}'],
    ['an empty object', '{}'],
    ['a list', '[]'],
    ['an error', '{"message":"Invalid apiKey."}'],
  ])('rejects %s', async (_, text) => {
    await expect(recordsOf(text)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});

const fixtures = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');

(fixtures === undefined ? describe.skip : describe)('wire fixtures of NVD (shared/feeds/formats)', () => {
  async function fixture(file: string): Promise<Uint8Array> {
    const body = createReadStream(fixtures ?? '').pipe(createGunzip()) as AsyncIterable<Uint8Array>;
    const name = `pkg/fetch/nvd/${file}`;
    for await (const member of archiveMembers(body, { label: 'fixtures', accept: (path) => path === name })) {
      if (member.problem === undefined && member.name === name) return member.content;
    }
    throw new Error(`${name} is not there`);
  }

  test.each([
    ['feed/cve/v2/nvdcve-2.0-2002.json.gz', 4, 0],
    ['feed/cve/v2/nvdcve-2.0-2021.json.gz', 3, 0],
    ['feed/cve/v2/nvdcve-2.0-modified.json.gz', 2, 0],
  ])('%s', async (name, texts, problems) => {
    const records = await recordsOf(gunzipSync(await fixture(name)));
    expect({
      texts: records.filter(({ kind }) => kind === 'vulnerability').length,
      problems: records.filter(({ kind }) => kind === 'problem').length,
    }).toEqual({ texts, problems });
  });

  test.each([
    ['api/cve/1_item/0-3.json', 1],
    ['api/cve/3_items/0-3.json', 3],
    ['api/cve/moddate/0-3.json', 8],
    ['api/cve/ssvc_affected/0-3.json', 1],
    ['api/cve/empty/0-1.json', 0],
  ])('reads %s as a complete response', async (name, texts) => {
    const records = await recordsOf(await fixture(name), 'api/x/y');
    expect(records.filter(({ kind }) => kind === 'vulnerability')).toHaveLength(texts);
    expect(records.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });

  test.each(['3_pages/0-3', '3_pages/6-3', 'increase/0-3', 'increase/3-3'])(
    'rejects %s, which is one page of several, as a complete response',
    async (name) => {
      const body = await fixture(`api/cve/${name}.json`);
      await expect(recordsOf(body, 'api/x/y')).rejects.toMatchObject({ code: 'corrupt-data' });
    },
  );
});
