import type { Advisory, EffectiveImage, VulnerabilityRecord } from '@clarion/model';
import { deb, fixed, group, imageOf, namespaceOf, options, rpm } from '@clarion/test-kit/match-facts';
import { day, debian, feeds } from '../../testing/random-updates';
import { type RecordedHistory, recordedHistory } from '../../testing/recorded-history';
import { imageTimeline } from './image-timeline';
import type { SubjectPeriod } from './subject-periods';

const image = imageOf([deb('openssl', '1.0')]);
const affected = (id: string, more: Partial<Advisory> = {}): Advisory => ({ id, state: 'affected', ...more });
const about = (...advisories: readonly Advisory[]) => ({ groups: [group('openssl', advisories)] });
const own = (...advisories: readonly Advisory[]) => ({ groups: [group('openssl', advisories, { feed: 'own' })] });
const rated = (id: string, severity: 'Low' | 'High', more: Partial<VulnerabilityRecord> = {}): VulnerabilityRecord => ({
  ...{ feed: 'nvd', id, severity },
  ...more,
});

/** A line for each finding: id, from, until, and each step as `day cause feed: ids state fix severity`. */
async function linesOf(
  store: RecordedHistory,
  {
    from = day(1),
    to = day(30),
    images = [{ subject: image }],
  }: { from?: string; to?: string; images?: readonly SubjectPeriod[] } = {},
): Promise<readonly string[]> {
  const timeline = await imageTimeline(images, { from, to }, { store, options: { ...options, feeds } });
  const on = (at: string | null): string => (at === null ? '-' : String(Number(at.slice(8, 10))));
  return timeline.findings.map(({ id, from: start, until, ended, steps }) => {
    const shown = steps.map(({ at, cause, ids, state, fixedIn, severity, exploited }) => {
      const by = 'feed' in cause ? `${cause.kind} ${cause.feed}${cause.loaded === true ? ' loaded' : ''}` : cause.kind;
      return `${on(at)} ${by}: ${ids.join('=')} ${state} ${fixedIn ?? '-'} ${severity}${exploited ? ' exploited' : ''}`;
    });
    const end = ended === null ? '' : ` (${ended.cause.kind})`;
    return [`${id} ${on(start)}..${on(until)}${end}`, ...shown].join('; ');
  });
}

type Case = readonly [title: string, record: (store: RecordedHistory) => void, expected: readonly string[]];

const cases: readonly Case[] = [
  [
    'a fix appears',
    (store) => {
      store.commit(debian, day(1), about(affected('CVE-2025-0001')));
      store.commit(debian, day(3), about(fixed('CVE-2025-0001', '2.0')));
    },
    [
      'CVE-2025-0001 1..-; 1 start: CVE-2025-0001 affected - Unknown; 3 data debian-security-tracker: CVE-2025-0001 fixed 2.0 Unknown',
    ],
  ],
  [
    'an advisory is withdrawn and comes back: two intervals',
    (store) => {
      store.commit(debian, day(1), about());
      store.commit(debian, day(2), about(affected('CVE-2025-0001')));
      store.commit(debian, day(3), about());
      store.commit(debian, day(4), about(affected('CVE-2025-0001')));
    },
    [
      'CVE-2025-0001 2..3 (data); 2 data debian-security-tracker: CVE-2025-0001 affected - Unknown',
      'CVE-2025-0001 4..-; 4 data debian-security-tracker: CVE-2025-0001 affected - Unknown',
    ],
  ],
  [
    'own data is an exception',
    (store) => {
      store.commit(debian, day(1), about(affected('CVE-2025-0001')));
      store.commit('own', day(1), own());
      store.commit('own', day(2), own({ id: 'CVE-2025-0001', state: 'not_affected' }));
      store.commit('own', day(3), own());
    },
    [
      'CVE-2025-0001 1..2 (exception); 1 start: CVE-2025-0001 affected - Unknown',
      'CVE-2025-0001 3..-; 3 exception own: CVE-2025-0001 affected - Unknown',
    ],
  ],
  [
    'severity and exploitation are those of records',
    (store) => {
      store.commit(debian, day(1), about(affected('CVE-2025-0001')));
      store.commit('nvd', day(1), { texts: [rated('CVE-2025-0001', 'Low')] });
      store.commit('nvd', day(2), { texts: [rated('CVE-2025-0001', 'High')] });
      const knownExploited = { dateAdded: '2025-01-03', ransomware: false };
      store.commit('nvd', day(3), { texts: [rated('CVE-2025-0001', 'High', { knownExploited })] });
      store.commit('nvd', day(4), { texts: [rated('CVE-2025-0001', 'High', { knownExploited, description: 'a' })] });
    },
    [
      [
        'CVE-2025-0001 1..-',
        '1 start: CVE-2025-0001 affected - Low',
        '2 data nvd: CVE-2025-0001 affected - High',
        '3 data nvd: CVE-2025-0001 affected - High exploited',
      ].join('; '),
    ],
  ],
  [
    'two feeds change the same flaw in one minute: both are shown, in the order of their updates',
    (store) => {
      store.commit(debian, day(1), about(affected('CVE-2025-0001')));
      store.commit('nvd', day(1), { texts: [] });
      store.commit('nvd', day(2), { texts: [rated('CVE-2025-0001', 'High')] });
      store.commit(debian, day(2), about(fixed('CVE-2025-0001', '2.0')));
    },
    [
      [
        'CVE-2025-0001 1..-',
        '1 start: CVE-2025-0001 affected - Unknown',
        '2 data nvd: CVE-2025-0001 affected - High',
        '2 data debian-security-tracker: CVE-2025-0001 fixed 2.0 High',
      ].join('; '),
    ],
  ],
  [
    'an alias appears: the interval is that of the flaw as it is now, under the ids that it had',
    (store) => {
      store.commit(debian, day(1), about(affected('GHSA-1')));
      store.commit(debian, day(2), about(affected('CVE-2025-0001', { aliases: ['GHSA-1'] })));
    },
    [
      [
        'CVE-2025-0001 1..-',
        '1 start: GHSA-1 affected - Unknown',
        '2 data debian-security-tracker: CVE-2025-0001=GHSA-1 affected - Unknown',
      ].join('; '),
    ],
  ],
  [
    'two findings turn out to be one, and are withdrawn',
    (store) => {
      store.commit(debian, day(1), about(affected('GHSA-1'), fixed('CVE-2025-0001', '2.0')));
      store.commit(debian, day(2), about(fixed('CVE-2025-0001', '2.0', { aliases: ['GHSA-1'] })));
      store.commit(debian, day(3), about());
    },
    [['CVE-2025-0001 1..3 (data)', '1 start: CVE-2025-0001=GHSA-1 fixed 2.0 Unknown'].join('; ')],
  ],
  [
    'a feed is loaded within the period: nothing is known of it before',
    (store) => {
      store.commit(debian, day(5), about(affected('CVE-2025-0001')));
      store.commit(debian, day(6), about(affected('CVE-2025-0001'), affected('CVE-2025-0002')));
    },
    [
      'CVE-2025-0001 5..-; 5 data debian-security-tracker loaded: CVE-2025-0001 affected - Unknown',
      'CVE-2025-0002 6..-; 6 data debian-security-tracker: CVE-2025-0002 affected - Unknown',
    ],
  ],
];

test.each(cases)('%s', async (_, record, expected) => {
  const store = recordedHistory();
  record(store);
  expect(await linesOf(store)).toEqual(expected);
});

test('a period that ends before now knows nothing of what came later', async () => {
  const store = recordedHistory();
  store.commit(debian, day(1), about(affected('CVE-2025-0001')));
  store.commit(debian, day(5), about());
  expect(await linesOf(store, { from: day(2), to: day(4) })).toEqual([
    'CVE-2025-0001 2..-; 2 start: CVE-2025-0001 affected - Unknown',
  ]);
});

test('an image that is read with other detectors', async () => {
  const store = recordedHistory();
  store.commit(debian, day(1), {
    groups: [group('openssl', [affected('CVE-2025-0001')]), group('zlib', [affected('CVE-2025-0002')])],
  });
  const later: EffectiveImage = imageOf([deb('openssl', '1.0'), deb('zlib', '1.0')]);
  const images = [{ subject: image, until: day(4) }, { subject: later }];
  expect(await linesOf(store, { images })).toEqual([
    'CVE-2025-0001 1..-; 1 start: CVE-2025-0001 affected - Unknown',
    'CVE-2025-0002 4..-; 4 detector: CVE-2025-0002 affected - Unknown',
  ]);
  expect(await linesOf(store, { images: [{ subject: later, until: day(4) }, { subject: image }] })).toEqual([
    'CVE-2025-0001 1..-; 1 start: CVE-2025-0001 affected - Unknown',
    'CVE-2025-0002 1..4 (detector); 1 start: CVE-2025-0002 affected - Unknown',
  ]);
  expect(await linesOf(store, { images, from: day(5) })).toHaveLength(2);
  expect(await linesOf(store, { images, to: day(3) })).toHaveLength(1);
});

test('products of repositories decide about packages of Red Hat', async () => {
  const store = recordedHistory();
  const cpe = 'cpe:/o:redhat:enterprise_linux:9::baseos';
  const scope = { cpes: [cpe] };
  const of = { namespace: 'rhel:9', scheme: 'rpm', nameKind: 'binary' as const, feed: 'redhat' };
  const groups = [group('openssl', [affected('CVE-2025-0001', { scope })], of)];
  const repository = (...cpes: readonly string[]) => [{ feed: 'redhat', repository: 'r', cpes }];
  store.commit('redhat', day(1), { groups, repositories: repository('cpe:/a:redhat:openshift:4.13::el9') });
  store.commit('redhat', day(2), { groups, repositories: repository(cpe) });
  store.commit('redhat', day(3), { groups, repositories: repository('cpe:/a:redhat:openshift:4.13::el9') });
  const subject = imageOf([rpm('openssl', '1.0', { repository: 'r' })], { namespaces: [namespaceOf('rhel:9', 'rpm')] });
  const redhat = [{ id: 'redhat', namespaces: ['rhel:*'], refreshMinutes: 60 }];
  const period = { from: day(1), to: day(9) };
  const { findings } = await imageTimeline([{ subject }], period, { store, options: { ...options, feeds: redhat } });
  expect(findings.map(({ id, from, until }) => [id, from, until])).toEqual([['CVE-2025-0001', day(2), day(3)]]);
});

test('a period that begins before the log', async () => {
  const store = recordedHistory();
  store.commit(debian, day(1), about());
  store.forget(day(3));
  await expect(linesOf(store)).rejects.toMatchObject({ code: 'history-pruned' });
});
