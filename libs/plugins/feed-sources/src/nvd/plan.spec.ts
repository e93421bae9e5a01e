import type { FetchResult, FeedState, MissingDocument, Upstream } from '@clarion/model';
import { nvd } from '.';
import { apiQuery } from './api';
import { planNvd } from './plan';

const now = new Date('2025-11-20T12:00:00.000Z');
const digest = 'AB'.repeat(32);

const meta = (modified: string): string =>
  `lastModifiedDate:${modified}\r\nsize:1\r\nzipSize:1\r\ngzSize:1\r\nsha256:${digest}\r\n`;

interface Site {
  readonly files?: Readonly<Record<string, string>>;
  /** Number of records modified in a window; without it, there is no API. */
  readonly count?: (start: number, end: number) => number;
  readonly time?: string;
}

function upstreamOf({ files = {}, count, time }: Site): { readonly upstream: Upstream; readonly asked: string[] } {
  const asked: string[] = [];
  async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(text);
  }
  const answerTo = (path: string): string | undefined => {
    const [, start, end] = /^api\/([^/]+)\/([^/]+)\/count$/.exec(path) ?? [];
    if (start === undefined || end === undefined) return files[path];
    if (count === undefined) return undefined;
    return JSON.stringify({ totalResults: count(Date.parse(start), Date.parse(end)), timestamp: time });
  };
  const upstream: Upstream = {
    get: (path) => {
      asked.push(path);
      const text = answerTo(path);
      const answer: FetchResult =
        text === undefined ? { kind: 'missing' } : { kind: 'content', body: bodyOf(text), validators: {} };
      return Promise.resolve(answer);
    },
    list: () => Promise.resolve(Object.keys(files)),
  };
  return { upstream, asked };
}

const lastOf = (cursor: string | undefined): FeedState =>
  ({
    documents: { 'nvdcve-2.0-2024.json': {}, 'nvdcve-2.0-2025.json': {} },
    ...(cursor === undefined ? {} : { cursor }),
  }) as unknown as FeedState;

/** The years up to 2025 except some, each as a missing document. */
function missingBut(...there: readonly number[]): readonly MissingDocument[] {
  return Array.from({ length: 24 }, (_, index) => 2002 + index)
    .filter((year) => !there.includes(year))
    .map((year) => ({ name: `nvdcve-2.0-${year}.json`, ids: [`CVE-${year}-`], namespaces: ['generic:*'] }));
}

const years = {
  'nvdcve-2.0-2002.meta': meta('2025-11-18T03:00:12-05:00'),
  'nvdcve-2.0-2025.meta': meta('2025-11-20T03:00:12-05:00'),
};
const yearly = {
  documents: ['2002', '2025'].map((year) => ({ name: `nvdcve-2.0-${year}.json`, sha256: digest.toLowerCase() })),
  missing: missingBut(2002, 2025),
  // One day before the newest file was generated.
  cursor: '2025-11-19T08:00:12.000Z',
};

describe('the first update', () => {
  it('reads all years that have a .meta file', async () => {
    const { upstream, asked } = upstreamOf({ files: years, count: () => 1 });
    expect(await planNvd(upstream, undefined, now)).toEqual(yearly);
    expect(asked).toHaveLength(24);
  });

  it('reads the files of a mirror that has no .meta files', async () => {
    const files = { 'nvdcve-2.0-2003.json': '', 'nvdcve-2.0-2002.json': '', 'nvdcve-2.0-modified.json': '', x: '' };
    expect(await planNvd(upstreamOf({ files }).upstream, undefined, now)).toEqual({
      documents: [{ name: 'nvdcve-2.0-2002.json' }, { name: 'nvdcve-2.0-2003.json' }],
      missing: missingBut(2002, 2003),
    });
  });

  it('reads a file without a .meta file beside others that have one, and reports missing years', async () => {
    const files = { 'nvdcve-2.0-2025.meta': years['nvdcve-2.0-2025.meta'], 'nvdcve-2.0-2024.json': '' };
    const { documents, missing } = await planNvd(upstreamOf({ files }).upstream, undefined, now);
    expect(documents.map(({ name }) => name)).toEqual(['nvdcve-2.0-2025.json', 'nvdcve-2.0-2024.json']);
    expect(missing?.[0]).toEqual({
      name: 'nvdcve-2.0-2002.json',
      ids: ['CVE-1999-', 'CVE-2000-', 'CVE-2001-', 'CVE-2002-'],
      namespaces: ['generic:*'],
    });
    expect(missing).toHaveLength(22);
  });

  it('does not report the file of a year that has just begun as missing', async () => {
    const { missing } = await planNvd(
      upstreamOf({ files: years }).upstream,
      undefined,
      new Date('2026-01-02T00:00:00Z'),
    );
    expect(missing).toEqual(missingBut(2002, 2025));
  });

  test.each([
    ['no files', {}],
    ['a .meta file without digest', { 'nvdcve-2.0-2002.meta': '<html>Service unavailable</html>' }],
  ])('fails with %s', async (_, files) => {
    await expect(planNvd(upstreamOf({ files }).upstream, undefined, now)).rejects.toMatchObject({
      code: 'upstream-unavailable',
    });
  });
});

describe('later updates', () => {
  const last = lastOf('2025-11-20T08:00:00.000Z');
  const window = 'api/2025-11-20T08:00:00.000Z/2025-11-20T12:00:00.000Z';

  it('request the records modified since, as a patch of the newest year', async () => {
    const { upstream, asked } = upstreamOf({ files: years, count: () => 2000 });
    expect(await planNvd(upstream, last, now)).toEqual({
      documents: [],
      patch: { into: 'nvdcve-2.0-2025.json', documents: [{ name: window }], removed: [] },
      cursor: '2025-11-20T11:45:00.000Z',
    });
    expect(asked).toEqual([`${window}/count`]);
  });

  it('fetch nothing if nothing was modified', async () => {
    const { upstream } = upstreamOf({ count: () => 0 });
    expect(await planNvd(upstream, last, now)).toEqual({ documents: [], cursor: '2025-11-20T11:45:00.000Z' });
  });

  it("use the server's clock when it is behind", async () => {
    const { upstream } = upstreamOf({ count: () => 0, time: '2025-11-20T10:00:00.000' });
    expect(await planNvd(upstream, last, now)).toMatchObject({ cursor: '2025-11-20T09:45:00.000Z' });
  });

  it('never move the cursor back', async () => {
    const { upstream } = upstreamOf({ count: () => 0 });
    const soon = new Date('2025-11-20T08:05:00.000Z');
    expect(await planNvd(upstream, last, soon)).toEqual({ documents: [], cursor: '2025-11-20T08:00:00.000Z' });
  });

  it('halve a window until one response can contain it', async () => {
    // 20 records per minute: 4,800 in four hours.
    const { upstream, asked } = upstreamOf({ count: (start, end) => (end - start) / 3000 });
    expect(await planNvd(upstream, last, now)).toMatchObject({
      patch: { documents: [{ name: 'api/2025-11-20T08:00:00.000Z/2025-11-20T09:00:00.000Z' }] },
      cursor: '2025-11-20T08:45:00.000Z',
    });
    expect(asked).toHaveLength(3);
  });

  test.each([
    ['no cursor', lastOf(undefined), () => 1],
    ['an invalid cursor', lastOf('abc'), () => 1],
    ['a cursor of the future', lastOf('2025-12-01T00:00:00.000Z'), () => 1],
    ['a cursor of more than 120 days ago', lastOf('2025-07-01T00:00:00.000Z'), () => 1],
    [
      'no yearly file read before',
      { documents: {}, cursor: '2025-11-20T08:00:00.000Z' } as unknown as FeedState,
      () => 1,
    ],
    ['years that were not there last time', { ...last, missing: missingBut(2025) }, () => 1],
    ['too many changes', last, () => 10_001],
    ['thousands of records with one and the same time', last, () => 5000],
    ['no API', last, undefined],
  ])('fall back to the yearly files: %s', async (_, state, count) => {
    const { upstream, asked } = upstreamOf({ files: years, ...(count === undefined ? {} : { count }) });
    expect(await planNvd(upstream, state, now)).toEqual(yearly);
    expect(asked.filter((path) => path.startsWith('api/')).length).toBeLessThanOrEqual(4);
  });

  test.each([[-1], [0.5], [null]])('fail when the API responds with a count of %s', async (count) => {
    const { upstream } = upstreamOf({ count: () => count! });
    await expect(planNvd(upstream, last, now)).rejects.toMatchObject({ code: 'upstream-unavailable' });
  });
});

test('a window is requested by query, with an explicit time zone', () => {
  const window = '2025-11-20T08:00:00.000Z/2025-11-20T12:00:00.000Z';
  const dates =
    'lastModStartDate=2025-11-20T08%3A00%3A00.000%2B00%3A00&lastModEndDate=2025-11-20T12%3A00%3A00.000%2B00%3A00';
  expect(apiQuery(`api/${window}`)).toBe(`2.0?${dates}&resultsPerPage=2000&startIndex=0`);
  expect(nvd.locate?.(`api/${window}/count`)).toBe(`2.0?${dates}&resultsPerPage=1&startIndex=0`);
  expect(apiQuery('nvdcve-2.0-2024.json')).toBe('nvdcve-2.0-2024.json');
});
