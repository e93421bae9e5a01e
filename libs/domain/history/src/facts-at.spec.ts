import type { AdvisoryGroup, Report, VulnerabilityRecord } from '@clarion/model';
import { makeReport } from '@clarion/reporting';
import { apk, deb, fixed, group, imageOf, options, secdb } from '@clarion/test-kit/match-facts';
import fc from 'fast-check';
import { recordedHistory, type RecordedHistory } from '../testing/recorded-history';
import { factsAt } from './facts-at';

const day = (number: number): string => `2025-01-${String(number).padStart(2, '0')}T06:00:00.000Z`;
const debian = 'debian-security-tracker';
const image = imageOf([deb('openssl', '1.0'), deb('zlib', '1.0')]);
const feeds = [...options.feeds, { id: 'nvd', namespaces: [], rates: true as const, refreshMinutes: 60 }];

async function reportAt(store: RecordedHistory, at: string): Promise<Report> {
  const { facts } = await factsAt(store, at);
  return makeReport(image, facts, { ...options, feeds, now: new Date(at) });
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

describe('the facts at any time', () => {
  const advisories = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-1'),
      fix: fc.constantFrom('', '0.5', '2.0'),
      alias: fc.constantFrom('', 'CVE-2', 'GHSA-1'),
    }),
    { selector: ({ id }) => id, maxLength: 3 },
  );
  const groups = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('openssl', 'zlib'),
      document: fc.constantFrom('a', 'b'),
      nameKind: fc.constantFrom('source' as const, 'binary' as const),
      alpine: fc.boolean(),
      advisories,
    }),
    { selector: ({ name, document, alpine }) => `${name} ${document} ${String(alpine)}`, maxLength: 5 },
  );
  const texts = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('CVE-1', 'CVE-2', 'GHSA-1'),
      severity: fc.constantFrom('Low' as const, 'High' as const),
    }),
    { selector: ({ id }) => id },
  );
  const steps = fc.array(fc.oneof(fc.record({ groups }), fc.record({ texts })), { minLength: 1, maxLength: 8 });
  const both = imageOf([deb('openssl', '1.0'), deb('zlib', '1.0'), apk('openssl', '1.0')]);

  test('give the report that was made at that time, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const store = recordedHistory();
        const stored: string[] = [];
        for (const [index, step] of sequence.entries()) {
          const at = day(index + 1);
          if ('texts' in step) store.commit('nvd', at, { texts: step.texts.map((text) => ({ feed: 'nvd', ...text })) });
          else commitGroups(store, at, step.groups);
          stored.push(JSON.stringify(await makeReport(both, store, { ...options, feeds, now: new Date(at) })));
        }
        for (const [index, report] of stored.entries()) {
          const at = day(index + 1);
          const { facts } = await factsAt(store, at);
          expect(JSON.stringify(await makeReport(both, facts, { ...options, feeds, now: new Date(at) }))).toBe(report);
        }
      }),
      { numRuns: 100 },
    );
  });

  type Step = typeof groups extends fc.Arbitrary<infer T> ? T : never;
  function commitGroups(store: RecordedHistory, at: string, of: Step): void {
    const made = of.map(({ name, document, nameKind, alpine, advisories: list }) =>
      (alpine ? secdb : group)(
        name,
        list.map(({ id, fix, alias }) => ({
          ...(fix === '' ? { id, state: 'affected' as const } : fixed(id, fix)),
          ...(alias === '' || alias === id ? {} : { aliases: [alias] }),
        })),
        { document, nameKind },
      ),
    );
    for (const feed of [debian, 'alpine-secdb']) {
      store.commit(feed, at, { groups: made.filter((one) => one.feed === feed) });
    }
  }
});
