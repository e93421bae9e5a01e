import type { FeedRecord } from '@clarion/model';
import { feedNamed, openssl, putAlpine, secdb } from '../testing/alpine-mirror';
import { recordFeed, recordUpstream } from '../testing/record-feed';
import { updateHarness, type UpdateResult } from '../testing/update-harness';
import { type CommittedHistory, withHistory } from '../testing/watched-store';
import type { UpdateDependencies } from './update-feed';

// When an update becomes a revision of the feed, and what is recorded with it.

const alpine = feedNamed('alpine-secdb');
const harness = updateHarness();

interface Recorded extends CommittedHistory {
  readonly update: (more?: Partial<UpdateDependencies>) => Promise<UpdateResult>;
}

/** Updates of one feed, and what they add to the history. */
function recorded(feed = alpine): Recorded {
  const { store, history } = withHistory(harness.store);
  return { ...history, update: (more = {}) => harness.update(feed, { store, ...more }) };
}

describe('a revision', () => {
  it('is added by the first load, and by each update that changes facts', async () => {
    putAlpine(harness.server);
    const { update, revisions, changes } = recorded();
    await update();
    expect(revisions).toEqual([{ update: expect.any(String) as string, at: '2026-01-01T01:00:00.000Z', first: true }]);
    expect(changes).toEqual([]);
    await update();
    expect(revisions).toHaveLength(1);
    harness.server.put('v3.2/main.json', secdb({ openssl }));
    await update();
    expect(revisions[1]).toEqual({ update: expect.any(String) as string, at: '2026-01-01T03:00:00.000Z' });
    expect(changes).toMatchObject([
      { silent: true, package: 'zlib', before: { nameKind: 'source', scheme: 'apk' }, after: null },
      { vulnerability: 'CVE-2023-6992', before: [{ id: 'CVE-2023-6992' }], after: [] },
    ]);
    expect(changes.map(({ update: id }) => id)).toEqual([revisions[1]?.update, revisions[1]?.update]);
  });

  it('is not added by a failure', async () => {
    const { update, revisions } = recorded();
    expect((await update()).finished.result).toBe('failed');
    putAlpine(harness.server);
    await update();
    harness.server.fault('v3.20/main.json', { kind: 'status', status: 503 });
    expect((await update()).finished.result).toBe('failed');
    expect(revisions).toHaveLength(1);
  });

  it('is added where reports change although no facts do', async () => {
    putAlpine(harness.server);
    const { update, revisions, changes } = recorded();
    await update();
    harness.server.remove('v3.2/main.json');
    expect((await update()).documents).toEqual({ 'v3.2/main.json': 'frozen' });
    expect(revisions).toHaveLength(2);
    expect([revisions[1]?.first, changes]).toEqual([undefined, []]);
    // It is still gone.
    await update();
    expect(revisions).toHaveLength(2);
  });

  it('is added where a mirror was copied again: reports say whether it is out of date', async () => {
    putAlpine(harness.server);
    const { update, revisions } = recorded();
    const from = (time: string) => ({ ...harness.upstream(), mirroredAt: () => Promise.resolve(time) });
    await update({ upstream: from('2026-01-01T00:00:00.000Z') });
    await update({ upstream: from('2026-01-01T00:00:00.000Z') });
    expect(revisions).toHaveLength(1);
    await update({ upstream: from('2026-01-01T01:00:00.000Z') });
    expect(revisions).toHaveLength(2);
  });

  it('begins the history of facts that an older version stored, even if they are unchanged', async () => {
    putAlpine(harness.server);
    await recorded().update();
    const older = withHistory({ ...harness.store, revisions: () => Promise.resolve({ items: [] }) });
    expect((await harness.update(alpine, { store: older.store })).finished.result).toBe('unchanged');
    expect(older.history.revisions).toMatchObject([{ first: true }]);
    harness.server.put('v3.2/main.json', secdb({ openssl }));
    const { update, revisions, changes } = recorded();
    await update();
    expect([revisions.map((revision) => revision?.first), changes.length]).toEqual([[undefined], 2]);
  });

  it('is later than the one before, though the clock went back', async () => {
    putAlpine(harness.server);
    const { update, revisions } = recorded();
    await update({ now: () => new Date('2027-01-01') });
    harness.server.put('v3.2/main.json', secdb({ openssl }));
    await update({ now: () => new Date('2026-01-01') });
    expect(revisions).toHaveLength(2);
    expect(revisions[1]!.update > revisions[0]!.update).toBe(true);
  });
});

describe('what is recorded', () => {
  const record = (text: object): FeedRecord => ({
    kind: 'vulnerability',
    text: { feed: 'test', id: 'CVE-1', ...text },
  });
  const score = (value: number, date: string): FeedRecord =>
    record({ epss: { score: value, percentile: value / 2, date } });
  const products = (...cpes: readonly string[]): FeedRecord => ({
    kind: 'repository',
    repository: { feed: 'test', repository: 'rhel-9', cpes },
  });
  const group = (...advisories: readonly object[]): FeedRecord => ({
    kind: 'group',
    group: {
      ...{ namespace: 'test:1', package: 'openssl', feed: 'test', document: 'all', nameKind: 'source', scheme: 'dpkg' },
      advisories: advisories.map((one) => ({ id: 'CVE-1', state: 'affected', ...one })),
    },
  });
  const comparison = { nameKind: 'source', scheme: 'dpkg' };

  it.each<[string, readonly FeedRecord[], readonly FeedRecord[], readonly object[]]>([
    [
      'a description of what no advisory names',
      [record({ description: 'A' })],
      [record({ description: 'B' })],
      [{ silent: true, vulnerability: 'CVE-1', before: { description: 'A' }, after: { description: 'B' } }],
    ],
    [
      'a rating of what no advisory names',
      [record({ severity: 'Low' })],
      [record({ severity: 'High' })],
      [{ silent: true, vulnerability: 'CVE-1', before: { severity: 'Low' }, after: { severity: 'High' } }],
    ],
    [
      'a score, with the day that it was from',
      [score(0.1, '2024-01-01')],
      [score(0.2, '2024-01-02')],
      [
        {
          silent: true,
          before: { epss: { score: 0.1, percentile: 0.05, date: '2024-01-01' } },
          after: { epss: { score: 0.2, percentile: 0.1, date: '2024-01-02' } },
        },
      ],
    ],
    [
      'other words of an advisory',
      [group({ reason: 'minor' })],
      [group({ reason: 'no-dsa' })],
      [{ silent: true, vulnerability: 'CVE-1', before: [{ reason: 'minor' }], after: [{ reason: 'no-dsa' }] }],
    ],
    [
      'a group without advisories',
      [group()],
      [group({})],
      [{ vulnerability: 'CVE-1', before: [], after: [{ state: 'affected' }] }],
    ],
    [
      'a new group without advisories',
      [products('cpe:/a')],
      [products('cpe:/a'), group()],
      [{ silent: true, before: null, after: comparison }],
    ],
    [
      'products of a repository',
      [products('cpe:/a')],
      [products('cpe:/a', 'cpe:/b')],
      [{ silent: true, repository: 'rhel-9', before: ['cpe:/a'], after: ['cpe:/a', 'cpe:/b'] }],
    ],
    [
      'nothing of what is the same',
      [score(0.1, '2024-01-01')],
      [score(0.1, '2024-01-02'), products()],
      [{ before: null }],
    ],
  ])('%s', async (_, first, second, expected) => {
    const { update, changes } = recorded(recordFeed(['all']));
    for (const all of [first, second]) await update({ upstream: recordUpstream({ all }) });
    expect(changes).toMatchObject(expected);
  });
});
