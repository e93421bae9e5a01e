import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Advisory } from '@clarion/model';
import { by, deb, debianFeed, fixed, group, loadedAt, stateOf } from '@clarion/test-kit/match-facts';
import { linesOf, reportOf } from '../../testing/reports';

/** The rules learnt from published scanners (reference: matching §9) that have no better place. */
const cve = 'CVE-2024-1000';

describe('advisories of the user', () => {
  const options = {
    feeds: [
      ...['first', 'second'].map((id) => ({ id, own: true as const, namespaces: [], refreshMinutes: 0 })),
      debianFeed,
    ],
  };
  const own = (feed: string, advisory: Advisory): ReturnType<typeof group> => group('a', [advisory], { feed });
  const vendor = (advisory: Advisory): ReturnType<typeof group> => group('a', [advisory]);
  const rows: readonly (readonly [string, readonly ReturnType<typeof group>[], string | undefined])[] = [
    [
      'affected beats not affected',
      [vendor({ id: cve, state: 'not_affected' }), own('second', { id: cve, state: 'affected' })],
      'affected -',
    ],
    [
      'not affected beats a fix',
      [vendor(fixed(cve, '2')), own('second', { id: cve, state: 'not_affected' })],
      undefined,
    ],
    ['a fix that is installed clears', [vendor(fixed(cve, '2')), own('second', fixed(cve, '1'))], undefined],
    ['a lower fix beats a higher one', [vendor(fixed(cve, '3')), own('second', fixed(cve, '2'))], 'fixed 2'],
    ['the first feed beats the second', [own('second', fixed(cve, '2')), own('first', fixed(cve, '3'))], 'fixed 3'],
    [
      'silence leaves it to the vendor',
      [vendor(fixed(cve, '3')), own('first', { id: cve, state: 'affected', versions: ['9'] })],
      'fixed 3',
    ],
  ];
  test.each(rows)('%s', async (_, groups, expected) => {
    const { findings } = await reportOf([deb('a', '1')], groups, { options });
    expect(findings.map(({ state, fixedIn }) => `${state} ${fixedIn ?? '-'}`)).toEqual(
      expected === undefined ? [] : [expected],
    );
  });
});

describe('what is not a vulnerability in the strict sense', () => {
  const malicious: Advisory = { id: 'MAL-2024-1', state: 'affected', severity: 'Critical', kind: 'malicious' };
  const notice: Advisory = { id: 'RUSTSEC-2024-1', state: 'affected', kind: 'informational' };

  test('is counted apart', async () => {
    const report = await reportOf([deb('a', '1')], [group('a', [malicious, notice, fixed(cve, '2')])]);
    expect(report.findings.map(({ id, kind }) => [id, kind]).sort()).toEqual([
      [cve, undefined],
      ['MAL-2024-1', 'malicious'],
      ['RUSTSEC-2024-1', 'informational'],
    ]);
    expect(report.summary).toMatchObject({ Critical: 0, Unknown: 1 });
    expect(report.countedApart).toEqual({ malicious: 1, informational: 1, otherArchitecture: 0 });
  });

  test('is not mentioned where it is absent', async () => {
    expect(await reportOf([deb('a', '1')], [group('a', [fixed(cve, '2')])])).not.toHaveProperty('countedApart');
  });

  test('a vulnerability with a notice stays one', async () => {
    const advisories = [fixed(cve, '2'), { ...notice, id: cve }];
    const { findings } = await reportOf([deb('a', '1')], [group('a', advisories)]);
    expect(findings.map((finding) => finding.kind)).toEqual([undefined]);
  });
});

test('rule 9: names and versions are never mixed where a group is about both', async () => {
  const client = deb('postgresql-client', '15+248', { source: { name: 'postgresql-common', version: '248' } });
  const either = by('debian:12', 'dpkg', 'either');
  expect(await linesOf([client], [either('postgresql-common', [fixed(cve, '210')])])).toEqual([]);
  expect(await linesOf([client], [either('postgresql-client', [fixed(cve, '15+248')])])).toEqual([]);
});

test('rule 29: a feed that failed last time is still matched, and its age is reported', async () => {
  const states = [stateOf('debian-security-tracker', ['debian:12'], { lastError: 'HTTP 503' })];
  const { findings, coverage } = await reportOf([deb('a', '1')], [group('a', [fixed(cve, '2')])], { states });
  expect(findings).toHaveLength(1);
  expect(coverage.feeds).toMatchObject([{ id: 'debian-security-tracker', updatedAt: loadedAt, stale: false }]);
});

/** Every rule has a test whose name, or whose row's name, carries its number. */
test('all thirty rules are named by a test', () => {
  const named = new Set<number>();
  const libraries = join(__dirname, '..', '..', '..', '..');
  for (const file of readdirSync(libraries, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.spec.ts') || file.includes('node_modules')) continue;
    for (const [, number] of readFileSync(join(libraries, file), 'utf8').matchAll(/['`]rule (\d{1,2}): /g)) {
      named.add(Number(number));
    }
  }
  expect([...named].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
});
