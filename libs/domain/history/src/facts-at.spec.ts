import type { AdvisoryGroup, Report, VulnerabilityRecord } from '@clarion/model';
import { makeReport, type ReportOptions } from '@clarion/reporting';
import { deb, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import fc from 'fast-check';
import { recordedHistory, type RecordedHistory } from '../testing/recorded-history';
import { channelImage, commitUpdate, day, debian, feeds, mixedImage, update } from '../testing/random-updates';
import { factsAt } from './facts-at';

const image = imageOf([deb('openssl', '1.0'), deb('zlib', '1.0')]);
const known = feeds.filter(({ id }) => id === debian || id === 'nvd');
const optionsAt = (at: string): ReportOptions => ({ ...options, feeds, now: new Date(at) });

async function reportAt(store: RecordedHistory, at: string): Promise<Report> {
  const { facts } = await factsAt(store, at);
  return makeReport(image, facts, { ...optionsAt(at), feeds: known });
}

const lines = ({ findings }: Report): readonly string[] =>
  findings.map(({ id, state, fixedIn, severity }) => `${id} ${state} ${fixedIn ?? '-'} ${severity}`);
const affected = (id: string) => ({ id, state: 'affected' as const });
const rated = (id: string, severity: 'Low' | 'High'): VulnerabilityRecord => ({ feed: 'nvd', id, severity });

describe('facts at a time', () => {
  const store = recordedHistory();
  const commit = (on: number, groups: readonly AdvisoryGroup[]): string => store.commit(debian, day(on), { groups });
  commit(1, [group('openssl', [affected('CVE-2025-1')])]);
  store.commit('nvd', day(2), { texts: [rated('CVE-2025-1', 'Low')] });
  commit(3, [group('openssl', [fixed('CVE-2025-1', '2.0'), affected('CVE-2025-2')]), group('zlib', [])]);
  store.commit('nvd', day(4), { texts: [rated('CVE-2025-1', 'High'), rated('CVE-2025-2', 'Low')] });
  commit(5, [group('zlib', [affected('CVE-2025-3')])]);
  commit(6, [group('openssl', [affected('CVE-2025-2')], { document: 'other' })]);
  store.check(debian, day(9));

  const rows: readonly (readonly [on: number, expected: readonly string[]])[] = [
    [1, ['CVE-2025-1 affected - Unknown']],
    [2, ['CVE-2025-1 affected - Low']],
    [3, ['CVE-2025-1 fixed 2.0 Low', 'CVE-2025-2 affected - Unknown']],
    [4, ['CVE-2025-1 fixed 2.0 High', 'CVE-2025-2 affected - Low']],
    [5, ['CVE-2025-3 affected - Unknown']],
    [6, ['CVE-2025-2 affected - Low']],
    [31, ['CVE-2025-2 affected - Low']],
  ];

  test.each(rows)('of day %i', async (on, expected) => {
    expect(lines(await reportAt(store, day(on)))).toEqual(expected);
  });

  test('a feed is not known before it was loaded, and not stale while it was compared with its upstream', async () => {
    const { coverage } = await reportAt(store, '2024-12-31T00:00:00.000Z');
    expect(coverage).toMatchObject({ complete: false, namespaces: [{ id: 'debian:12', feeds: [] }] });
    expect(coverage.feeds.map(({ id, updatedAt }) => [id, updatedAt])).toEqual([
      [debian, null],
      ['nvd', null],
    ]);
    const stale = async (at: string): Promise<readonly (readonly [string, boolean])[]> =>
      (await reportAt(store, at)).coverage.feeds.map((feed) => [feed.id, feed.stale]);
    expect(await stale(day(8))).toEqual([
      [debian, false],
      ['nvd', true],
    ]);
    expect(await stale(day(20))).toEqual([
      [debian, true],
      ['nvd', true],
    ]);
  });

  test('names of packages whose groups were removed since are known', async () => {
    const { facts } = await factsAt(store, day(5));
    expect(await facts.packageNames('debian:12')).toEqual(['openssl', 'zlib']);
    expect(await facts.packageNames('alpine:v3.20')).toEqual([]);
  });

  test('a load whose changes were not recorded hides what was before it', async () => {
    const reloaded = recordedHistory();
    reloaded.commit(debian, day(1), { groups: [group('openssl', [affected('CVE-2025-1')])] });
    reloaded.commit(debian, day(5), { groups: [] }, { first: true });
    expect((await factsAt(reloaded, day(4))).revisions).toEqual([]);
    expect((await factsAt(reloaded, day(5))).revisions).toHaveLength(1);
  });

  test('a time before the log begins is an error that names the first time', async () => {
    const pruned = recordedHistory();
    pruned.commit(debian, day(1), { groups: [] });
    pruned.forget(day(10));
    await expect(factsAt(pruned, day(9))).rejects.toMatchObject({
      code: 'history-pruned',
      remedy: `ask for a time from ${day(10)} on`,
    });
    expect((await factsAt(pruned, day(10))).revisions).toHaveLength(1);
    const { facts } = await factsAt(pruned, day(10));
    pruned.forget(day(20));
    await expect(facts.feedStates()).rejects.toMatchObject({ code: 'history-pruned' });
  });

  test('data about repositories is that of the time', async () => {
    const known = recordedHistory();
    const of = (...cpes: readonly string[]) => ({ repositories: [{ feed: 'redhat', repository: 'r', cpes }] });
    known.commit('redhat', day(1), of('a'));
    known.commit('redhat', day(2), of('a', 'b'));
    known.commit('redhat', day(3), {});
    const at = async (on: number) =>
      (await (await factsAt(known, day(on))).facts.repositories(['r'])).map(({ cpes }) => cpes);
    expect([await at(1), await at(2), await at(3)]).toEqual([[['a']], [['a', 'b']], []]);
  });
});

test.each([mixedImage, channelImage])(
  'the facts at any time give the report that was made at that time, byte for byte: %#',
  async (of) => {
    await fc.assert(
      fc.asyncProperty(fc.array(update, { minLength: 1, maxLength: 8 }), async (updates) => {
        const store = recordedHistory();
        const stored: string[] = [];
        for (const [index, one] of updates.entries()) {
          commitUpdate(store, day(index + 1), one);
          stored.push(JSON.stringify(await makeReport(of, store, optionsAt(day(index + 1)))));
        }
        for (const [index, report] of stored.entries()) {
          const { facts } = await factsAt(store, day(index + 1));
          expect(JSON.stringify(await makeReport(of, facts, optionsAt(day(index + 1))))).toBe(report);
        }
      }),
      { numRuns: 100 },
    );
  },
);
