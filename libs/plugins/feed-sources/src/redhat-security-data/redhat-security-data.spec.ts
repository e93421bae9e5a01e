import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { FetchResult, FeedPlan, FeedState, Upstream } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { redhatSecurityData } from '.';
import { readAffectedRelease, readPackageState } from './entries';
import { locate, rowsOfPage } from './pages';
import { parseCve } from './parse';
import { listDocument, turnOf, turns } from './plan';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

interface Row {
  readonly CVE: string;
  readonly public_date?: string;
}

/** Pages of a list, and how often each was requested. */
function site(pages: readonly (readonly Row[] | string)[], asked: string[] = []): Upstream {
  return {
    get: (path): Promise<FetchResult> => {
      asked.push(path);
      const page = pages[Number(/\d+/.exec(path)?.[0]) - 1];
      if (page === undefined) return Promise.resolve({ kind: 'missing' });
      const body = bytes(typeof page === 'string' ? page : JSON.stringify(page));
      return Promise.resolve({ kind: 'content', body, validators: {} });
    },
    list: () => Promise.resolve([]),
  };
}

const idOf = (number: number): string => `CVE-2020-${10_000 + number}`;
const old = Array.from({ length: rowsOfPage }, (_, index) => ({
  CVE: idOf(index),
  public_date: '2020-01-01T00:00:00Z',
}));
const recent = [
  { CVE: 'CVE-2025-1001', public_date: '2025-02-15T00:00:00Z' },
  { CVE: 'CVE-2025-1002', public_date: '2025-01-20T00:00:00Z' },
  { CVE: 'CVE-2024-1003', public_date: '2024-12-01T00:00:00Z' },
  { CVE: 'CVE-2024-1004' },
  { CVE: '../../etc/passwd' },
];

const idsOf = ({ patch }: FeedPlan): readonly string[] =>
  (patch?.documents ?? []).map(({ name }) => name.slice('cve/'.length, -'.json'.length));
const after = (plan: FeedPlan): FeedState =>
  ({ cursor: plan.cursor, documents: { [listDocument]: {} } }) as unknown as FeedState;

describe('plan of redhat-security-data', () => {
  it('reads all pages, the first once more, and takes every CVE at first', async () => {
    const asked: string[] = [];
    const plan = await redhatSecurityData.plan(site([old, recent], asked), undefined);
    expect(asked).toEqual(['list/1.json', 'list/2.json', 'list/1.json']);
    expect(plan.documents).toEqual([{ name: listDocument }]);
    expect(plan.patch).toMatchObject({ into: listDocument, removed: [] });
    expect(idsOf(plan)).toHaveLength(rowsOfPage + 4);
    expect(idsOf(plan)).toContain('CVE-2025-1001');
  });

  it('takes new and recent ones later, and every other one within seven updates', async () => {
    let plan = await redhatSecurityData.plan(site([old, recent]), undefined);
    const seen = new Map<string, number>();
    for (let update = 0; update < turns; update += 1) {
      plan = await redhatSecurityData.plan(site([old, recent]), after(plan));
      expect(plan.documents).toEqual([]);
      expect(idsOf(plan)).toEqual(expect.arrayContaining(['CVE-2025-1001', 'CVE-2025-1002', 'CVE-2024-1004']));
      expect(idsOf(plan).length).toBeLessThan(250);
      for (const id of idsOf(plan)) seen.set(id, (seen.get(id) ?? 0) + 1);
    }
    expect(seen.size).toBe(rowsOfPage + 4);
    expect(seen.get(idOf(7))).toBe(1);
    expect(turnOf(idOf(7))).toBeLessThan(turns);
  });

  it.each<[string, readonly (readonly Row[])[], readonly object[]]>([
    ['nothing of a list that ends', [old, recent], []],
    ['nothing of one that ends with an empty page', [old, []], []],
    ['the page that a full one is followed by', [old], [{ name: 'list/2.json' }]],
  ])('misses %s', async (_, pages, missing) => {
    expect((await redhatSecurityData.plan(site(pages), undefined)).missing).toEqual(missing);
  });

  it('requests again what was missing', async () => {
    const absent = idOf(old.findIndex(({ CVE }) => turnOf(CVE) === 0));
    const first = await redhatSecurityData.plan(site([old, recent]), undefined);
    const last = { ...after(first), missing: [{ name: `cve/${absent}.json` }, { name: 'list/2.json' }] };
    expect(idsOf(await redhatSecurityData.plan(site([old, recent]), after(first)))).not.toContain(absent);
    const plan = await redhatSecurityData.plan(site([old, recent]), last);
    expect(idsOf(plan)).toContain(absent);
    expect(idsOf(plan)).not.toContain('2');
  });

  it.each([
    ['facts without cursor', { documents: { [listDocument]: {} } }],
    ['a cursor without facts', { cursor: '{"newest":1,"turn":1}', documents: {} }],
    ['a damaged cursor', { cursor: '{"newest":', documents: { [listDocument]: {} } }],
  ])('starts over with %s', async (_, last) => {
    const plan = await redhatSecurityData.plan(site([recent]), last as unknown as FeedState);
    expect(plan.documents).toEqual([{ name: listDocument }]);
    expect(idsOf(plan)).toHaveLength(4);
  });

  it.each([
    ['an empty list', [[]], 'upstream-unavailable'],
    ['no list', [], 'upstream-unavailable'],
    ['an object', ['{}'], 'corrupt-data'],
    ['a page of HTML', ['<html>'], 'corrupt-data'],
    ['a second page that is damaged', [old, '['], 'corrupt-data'],
  ])('refuses %s', async (_, pages, code) => {
    await expect(redhatSecurityData.plan(site(pages), undefined)).rejects.toMatchObject({ code });
  });

  it('pages by query', () => {
    expect(locate('list/3.json')).toBe('cve.json?page=3&per_page=1000');
    expect(locate('cve/CVE-2024-1.json')).toBe('cve/CVE-2024-1.json');
  });
});

describe('a CVE that was rejected', () => {
  const row = { cpe: 'cpe:/o:redhat:enterprise_linux:8', package_name: 'libpng', fix_state: 'Fix deferred' };
  const kindsOf = (details: readonly string[]): readonly string[] =>
    [...parseCve({ name: 'CVE-2022-3857', details, package_state: [row] }, 'cve')].map((record) =>
      record.kind === 'vulnerability' ? `${record.kind} ${String(record.text.rejected)}` : record.kind,
    );

  it.each([
    ["Red Hat's last word", ['[REJECTED CVE] An issue in libpng.'], ['vulnerability true']],
    ['the word of the CVE programme', ['** REJECT ** DO NOT USE'], ['vulnerability true']],
    ['only the first of two words', ['** REJECT ** x', 'A flaw in libpng.'], ['vulnerability undefined', 'group']],
    ['a flaw that lives', ['A flaw in libpng.'], ['vulnerability undefined', 'group']],
  ])('by %s', (_, details, expected) => {
    expect(kindsOf(details)).toEqual(expected);
  });
});

const real = sharedMaterial('feeds', 'redhat', 'securitydata-cve-2025-02-15.ndjson.gz');

(real === undefined ? describe.skip : describe)('all CVEs of the data API (shared/feeds/redhat)', () => {
  type Counts = Record<string, number>;
  const add = (counts: Counts, key: string): void => {
    counts[key] = (counts[key] ?? 0) + 1;
  };

  interface Cve {
    readonly affected_release?: readonly unknown[];
    readonly package_state?: readonly unknown[];
  }

  function countElements(cve: Cve, states: Counts, shapes: Counts): void {
    for (const element of cve.package_state ?? []) {
      const entry = readPackageState(element, undefined);
      add(states, entry.kind === 'problem' ? 'problem' : entry.kind === 'skipped' ? entry.state : entry.facts.state);
    }
    for (const element of cve.affected_release ?? []) {
      const entry = readAffectedRelease(element, undefined);
      add(shapes, entry.kind === 'skipped' ? entry.why : entry.kind);
    }
  }

  it('are read whole', async () => {
    const states: Counts = {};
    const shapes: Counts = {};
    const advisories: Counts = {};
    const records: Counts = {};
    const lines = createInterface({ input: createReadStream(real ?? '').pipe(createGunzip()), crlfDelay: Infinity });
    for await (const line of lines) {
      const cve = JSON.parse(line) as Cve;
      countElements(cve, states, shapes);
      for (const record of parseCve(cve, 'cve')) {
        add(records, record.kind);
        if (record.kind === 'group') for (const { state } of record.group.advisories) add(advisories, state);
      }
    }
    expect(states).toEqual({
      not_affected: 85_586,
      will_not_fix: 28_907,
      end_of_life: 20_683,
      affected: 17_143,
      fix_deferred: 3362,
      under_investigation: 1516,
    });
    expect(shapes).toEqual({
      advisory: 261_101,
      container: 49_728,
      'no version': 23_083,
      'module build': 3921,
      'no package': 117,
    });
    // Counted independently from the raw JSON; the 57 rejected CVEs give no advisory.
    expect(advisories).toEqual({
      fixed: 206_903,
      not_affected: 68_939,
      will_not_fix: 22_360,
      end_of_life: 17_885,
      affected: 11_486,
      fix_deferred: 2200,
      under_investigation: 1083,
    });
    expect(records).toEqual({ vulnerability: 36_166, group: 296_470 });
  }, 300_000);
});
