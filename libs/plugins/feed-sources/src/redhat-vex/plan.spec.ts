import { ClarionError, type FetchResult, type FeedState, type Upstream, type DocumentValidators } from '@clarion/model';
import { readChanges } from './changes';
import { readCursor, writeCursor } from './cursor';
import { maxChanges, planVex, vexDocument } from './plan';

const folder = 'csaf/v2/vex/';
const repositories = { name: 'metrics/repository-to-cpe.json' };
const day = '2026-03-01';
const line = (id: string, at: string): string => `"${id.slice(4, 8)}/${id.toLowerCase()}.json","${at}"`;
const document = (id: string): { name: string } => ({ name: `${folder}${id.slice(4, 8)}/${id.toLowerCase()}.json` });

interface Page {
  readonly text: string;
  readonly validators?: DocumentValidators;
}

/** An upstream with a few documents; equal etags are unchanged. */
function site(pages: Readonly<Record<string, Page>>): Upstream {
  return {
    get: (path, validators): Promise<FetchResult> => {
      const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
      if (page === undefined) return Promise.resolve({ kind: 'missing' });
      if (validators?.etag !== undefined && validators.etag === page.validators?.etag) {
        return Promise.resolve({ kind: 'unchanged' });
      }
      return Promise.resolve({ kind: 'content', body: bytes(page.text), validators: page.validators ?? {} });
    },
    list: () => Promise.resolve([]),
  };
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

interface SiteOf {
  readonly archive?: string;
  readonly changes?: readonly string[];
  readonly deletions?: readonly string[];
  readonly etag?: string;
}

function vexSite({ archive = `csaf_vex_${day}.tar.zst`, changes = [], deletions = [], etag = '1' }: SiteOf): Upstream {
  return site({
    [`${folder}archive_latest.txt`]: { text: `${archive}\n` },
    [`${folder}changes.csv`]: { text: changes.join('\n'), validators: { etag: `c${etag}` } },
    [`${folder}deletions.csv`]: { text: deletions.join('\n'), validators: { etag: `d${etag}` } },
  });
}

/** The state after an update that applied everything up to `applied`. */
function followed(applied: string, more: { archive?: string; folder?: string; etag?: string } = {}): FeedState {
  const at = more.folder ?? folder;
  const etag = more.etag ?? '0';
  const cursor = writeCursor({
    folder: at,
    archive: more.archive ?? `csaf_vex_${day}.tar.zst`,
    applied,
    lists: { [`${at}changes.csv`]: { etag: `c${etag}` }, [`${at}deletions.csv`]: { etag: `d${etag}` } },
  });
  return { cursor, documents: { [vexDocument]: {} } } as unknown as FeedState;
}

const whole = { name: vexDocument, path: `${folder}csaf_vex_${day}.tar.zst` };
const appliedOf = (cursor: string | undefined): string | undefined => readCursor(cursor)?.applied;

describe('plan of redhat-vex', () => {
  const changes = [
    line('CVE-2024-1001', '2026-03-03T08:00:00+00:00'),
    line('CVE-2024-1002', '2026-03-02T08:00:00+02:00'),
    line('CVE-2020-1003', '2026-02-28T23:59:59+00:00'),
  ];

  it('takes the archive at first, and what changed since its day, oldest first', async () => {
    const plan = await planVex(vexSite({ changes }), undefined);
    expect(plan.documents).toEqual([whole, repositories]);
    expect(plan.patch).toEqual({
      into: vexDocument,
      documents: [document('CVE-2024-1002'), document('CVE-2024-1001')],
      removed: [],
    });
    expect(appliedOf(plan.cursor)).toBe('2026-03-03T08:00:00.000Z');
  });

  it('takes only changes later', async () => {
    const plan = await planVex(vexSite({ changes }), followed('2026-03-02T12:00:00Z'));
    expect(plan.documents).toEqual([repositories]);
    expect(plan.patch?.documents).toEqual([document('CVE-2024-1001')]);
  });

  it('reads changes of the very moment once more', async () => {
    const plan = await planVex(vexSite({ changes }), followed('2026-03-03T08:00:00Z'));
    expect(plan.patch?.documents).toEqual([document('CVE-2024-1001')]);
  });

  it('requests nothing while the lists are unchanged', async () => {
    const last = followed('2026-03-02T12:00:00Z', { etag: '1' });
    const plan = await planVex(vexSite({ changes }), last);
    expect(plan).toEqual({
      ...{ documents: [repositories], missing: [] },
      cursor: last.cursor?.replace('12:00:00Z', '12:00:00.000Z'),
    });
  });

  it.each<[string, readonly string[], readonly object[]]>([
    ['nothing of a whole mirror', [], []],
    ['the list of changes', ['changes.csv'], [{ name: `${folder}changes.csv` }]],
    ['what takes away', ['deletions.csv'], [{ name: `${folder}deletions.csv`, onlyRemoves: true }]],
  ])('misses %s', async (_, without, missing) => {
    const upstream = vexSite({ changes });
    const get: Upstream['get'] = (path, validators) =>
      without.some((name) => path === `${folder}${name}`)
        ? Promise.resolve({ kind: 'missing' })
        : upstream.get(path, validators);
    expect((await planVex({ ...upstream, get }, undefined)).missing).toEqual(missing);
  });

  it('requests again what was listed but missing, until it is deleted', async () => {
    const missing = [document('CVE-2023-1001'), document('CVE-2023-1002'), { name: `${folder}changes.csv` }];
    const last = { ...followed('2026-03-02T12:00:00Z', { etag: '1' }), missing };
    const plan = await planVex(vexSite({ changes }), last);
    expect([plan.patch?.documents, plan.missing]).toEqual([missing.slice(0, 2), []]);
    const deletions = [line('CVE-2023-1001', '2026-03-04T07:00:00+00:00')];
    const later = await planVex(vexSite({ changes, deletions, etag: '2' }), last);
    expect(later.patch).toMatchObject({
      documents: [document('CVE-2023-1002'), document('CVE-2024-1001')],
      removed: ['CVE-2023-1001'],
    });
    // The archive contains them.
    const again = await planVex(vexSite({ changes }), { ...last, documents: {} });
    expect(again.patch?.documents).toEqual([document('CVE-2024-1002'), document('CVE-2024-1001')]);
  });

  it('takes changes rather than a newer archive', async () => {
    const plan = await planVex(
      vexSite({ archive: 'csaf_vex_2026-03-03.tar.zst', changes }),
      followed('2026-03-02T12:00:00Z'),
    );
    expect(plan.documents).toEqual([repositories]);
    expect(readCursor(plan.cursor)?.archive).toBe(`csaf_vex_${day}.tar.zst`);
  });

  it('removes what was deleted and did not come back', async () => {
    const deletions = [
      line('CVE-2024-1001', '2026-03-03T07:00:00+00:00'),
      line('CVE-2024-1002', '2026-03-02T07:00:00+00:00'),
      line('CVE-2024-1004', '2026-03-01T16:17:31+00:00'),
      line('CVE-2019-1005', '2024-07-10T15:40:28+00:00'),
    ];
    const plan = await planVex(vexSite({ changes, deletions }), undefined);
    expect(plan.patch).toEqual({
      into: vexDocument,
      documents: [document('CVE-2024-1001')],
      removed: ['CVE-2024-1002', 'CVE-2024-1004'],
    });
  });

  const many = Array.from({ length: maxChanges + 10 }, (_, index) =>
    line(`CVE-2024-${10_000 + index}`, new Date(Date.parse('2026-03-04T00:00:00Z') + index * 1000).toISOString()),
  );

  it('uses a newer archive when there are too many changes', async () => {
    const later = {
      archive: 'csaf_vex_2026-03-05.tar.zst',
      changes: [...many, line('CVE-2024-1', '2026-03-06T00:00:00Z'), line('CVE-2024-2000', '2026-03-06T00:00:00Z')],
    };
    const plan = await planVex(vexSite(later), followed('2026-03-02T00:00:00Z'));
    expect(plan.documents).toEqual([{ name: vexDocument, path: `${folder}csaf_vex_2026-03-05.tar.zst` }, repositories]);
    expect(plan.patch?.documents).toEqual([document('CVE-2024-2000')]);
    expect(readCursor(plan.cursor)?.archive).toBe('csaf_vex_2026-03-05.tar.zst');
  });

  it('continues in steps where no archive contains them, and reads the list again for the rest', async () => {
    const upstream = vexSite({ changes: many });
    const first = await planVex(upstream, followed('2026-03-02T00:00:00Z'));
    expect(first.documents).toEqual([repositories]);
    expect(first.patch?.documents).toHaveLength(maxChanges);
    const last = { cursor: first.cursor, documents: { [vexDocument]: {} } } as unknown as FeedState;
    const second = await planVex(upstream, last);
    expect(second.patch?.documents).toHaveLength(11);
    const done = { cursor: second.cursor, documents: { [vexDocument]: {} } } as unknown as FeedState;
    expect((await planVex(upstream, done)).patch).toBeUndefined();
  });

  it.each([
    ['facts without a cursor', { documents: { [vexDocument]: {} } }],
    ['a cursor without facts', { ...followed('2026-03-02T00:00:00Z'), documents: {} }],
    ['a cursor of another folder', followed('2026-03-02T00:00:00Z', { folder: 'csaf/v2/vex-feed/' })],
    ['a damaged cursor', { ...followed('x'), cursor: '{"folder":' }],
    ['a cursor without a time', { ...followed('yesterday') }],
  ])('starts over with %s', async (_, last) => {
    const plan = await planVex(vexSite({ changes }), last as unknown as FeedState);
    expect(plan.documents).toEqual([whole, repositories]);
  });

  it.each([
    ['the new feed', 'csaf/v2/vex-feed/'],
    ['a base that is the folder itself', ''],
  ])('finds %s', async (_, at) => {
    const upstream = site({
      [`${at}archive_latest.txt`]: {
        text: 'vex-archive.tar.zst',
        validators: { lastModified: 'Sun, 01 Mar 2026 06:00:00 GMT' },
      },
      [`${at}changes.csv`]: { text: [...changes, line('CVE-2020-1004', '2026-02-27T00:00:00Z')].join('\n') },
    });
    const plan = await planVex(upstream, undefined);
    expect(plan.documents).toEqual([{ name: vexDocument, path: `${at}vex-archive.tar.zst` }, repositories]);
    // An archive without a date covers what was published a day before its index was written.
    expect(plan.patch?.documents).toHaveLength(3);
  });

  it('requests the archive each time where no list of changes exists', async () => {
    const upstream = site({ [`${folder}archive_latest.txt`]: { text: 'vex-archive.tar.zst' } });
    expect(await planVex(upstream, followed('2026-03-02T00:00:00Z'))).toEqual({
      documents: [{ name: vexDocument, path: `${folder}vex-archive.tar.zst` }, repositories],
      missing: [{ name: `${folder}changes.csv` }, { name: `${folder}deletions.csv`, onlyRemoves: true }],
    });
  });

  it.each([
    ['nothing', {}, 'upstream-unavailable'],
    [
      'an index that names no archive',
      { [`${folder}archive_latest.txt`]: { text: '../../etc/passwd' } },
      'corrupt-data',
    ],
    [
      'a list of something else',
      {
        [`${folder}archive_latest.txt`]: { text: 'csaf_vex_2026-03-01.tar.zst' },
        [`${folder}changes.csv`]: { text: '<html>' },
      },
      'corrupt-data',
    ],
  ])('refuses %s', async (_, pages, code) => {
    await expect(planVex(site(pages), undefined)).rejects.toMatchObject({ code });
  });
});

describe('readChanges', () => {
  it('skips lines of another form', () => {
    const rows = [
      '',
      '"2023/cve-2023-6240.json","2024-08-04T10:17:22+00:00"\r',
      '"../x.json","2024-08-04T10:17:22Z"',
      'junk',
      '2023/cve-2023-6241.json,2024-08-04T10:17:22Z',
    ];
    expect(readChanges(rows.join('\n'), 'changes.csv')).toEqual([
      { path: '2023/cve-2023-6240.json', id: 'CVE-2023-6240', at: Date.parse('2024-08-04T10:17:22Z') },
      { path: '2023/cve-2023-6241.json', id: 'CVE-2023-6241', at: Date.parse('2024-08-04T10:17:22Z') },
    ]);
  });

  it('reads an empty list as no changes', () => {
    expect(readChanges('\n', 'changes.csv')).toEqual([]);
    expect(() => readChanges('<html>', 'changes.csv')).toThrow(ClarionError);
  });
});
