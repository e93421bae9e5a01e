import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { FeedRecord } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { epss } from '.';

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function recordsOf(body: AsyncIterable<Uint8Array>): Promise<FeedRecord[]> {
  const all: FeedRecord[] = [];
  for await (const record of epss.parse({ name: 'epss_scores-current.csv', body })) all.push(record);
  return all;
}

describe('layouts of EPSS', () => {
  const id = 'CVE-2020-5902';
  test.each([
    ['2021-04', 'cve,epss\nCVE-2020-5902,0.65117\n', { score: 0.65117 }],
    [
      '2021-09',
      'cve,epss,percentile\nCVE-2020-5902,0.65117,0.9981063485700858\n',
      { score: 0.65117, percentile: 0.9981063485700858 },
    ],
    [
      '2022-02',
      '#model_version:v2022.01.01,score_date:2022-02-04T00:00:00+0000\ncve,epss,percentile\nCVE-2020-5902,0.96817,0.99999\n',
      { score: 0.96817, percentile: 0.99999, date: '2022-02-04' },
    ],
    [
      '2025-03, ends of Windows',
      '#model_version:v2025.03.14,score_date:2025-11-20T12:55:00Z\r\ncve,epss,percentile\r\nCVE-2020-5902,0.94412,0.99977\r\n',
      { score: 0.94412, percentile: 0.99977, date: '2025-11-20' },
    ],
    ['other order of columns', 'percentile,cve,epss\n0.5,CVE-2020-5902,0.25\n', { score: 0.25, percentile: 0.5 }],
  ])('%s', async (_, text, expected) => {
    expect(await recordsOf(chunks(text))).toEqual([
      { kind: 'vulnerability', text: { feed: 'epss', id, epss: expected } },
    ]);
  });

  test.each([
    ['nothing', ''],
    ['a comment only', '#model_version:v2025.03.14,score_date:2025-11-20T12:55:00Z\n'],
    ['a page of HTML', '<!DOCTYPE html>\n<html></html>\n'],
    ['rows without their heading', 'CVE-2020-5902,0.94412,0.99977\n'],
  ])('rejects %s', async (_, text) => {
    await expect(recordsOf(chunks(text))).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  test.each([
    ['not an id', 'CVE-20-1,0.5,0.5'],
    ['no number', 'CVE-2020-5902,high,0.5'],
    ['above 1', 'CVE-2020-5902,1.01,0.5'],
    ['negative', 'CVE-2020-5902,-0.1,0.5'],
    ['cut off', 'CVE-2020-5902,0.9'],
    ['hexadecimal', 'CVE-2020-5902,0x0,0.5'],
  ])('reports a row as a problem: %s', async (_, row) => {
    const records = await recordsOf(chunks(`cve,epss,percentile\n${row}\nCVE-2020-5902,0.5,0.5\n`));
    expect(records.map(({ kind }) => kind)).toEqual(['problem', 'vulnerability']);
  });
});

const real = sharedMaterial('feeds', 'epss', 'epss_scores-2026-08-16.csv.gz');

(real === undefined ? describe.skip : describe)('real EPSS scores (shared/feeds/epss)', () => {
  it('are read completely', async () => {
    const found = { rows: 0, problems: 0, likely: 0 };
    const body = createReadStream(real ?? '').pipe(createGunzip()) as AsyncIterable<Uint8Array>;
    for await (const record of epss.parse({ name: 'epss_scores-current.csv', body })) {
      if (record.kind === 'problem') found.problems += 1;
      if (record.kind !== 'vulnerability') continue;
      found.rows += 1;
      if ((record.text.epss?.score ?? 0) >= 0.9) found.likely += 1;
    }
    expect(found).toEqual({ rows: 360_142, problems: 0, likely: 782 });
  }, 300_000);
});
