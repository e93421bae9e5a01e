import type { VersionRange } from '@clarion/model';
import { explainVulnerability } from '@clarion/reporting';
import { apk, by, factsOf, fixed, imageOf, now, options, rpm, secdb } from '@clarion/test-kit/match-facts';
import { applyPolicy } from './apply-policy';
import { expectRow, reportOf, type CaseRow } from '../testing/reports';

const mariner = (version: string) => rpm('pixman', version, { namespace: 'mariner:1.0' });
const pixman = by(
  'mariner:1.0',
  'rpm',
  'source',
)('pixman', [
  fixed('CVE-2022-44638', '0.36.0-3.cm1'),
  { id: 'CVE-2022-44638', state: 'affected', ranges: [{ lastAffected: '0.40.0-3.cm1' }] },
]);
const source = { source: { name: 'pixman', version: '' } };
const installed = (version: string) => ({ ...mariner(version), source: { ...source.source, version } });

describe('bounds that are not versions', () => {
  const open = (range: VersionRange) => secdb('git', [{ id: 'CVE-2024-1', state: 'affected', ranges: [range] }]);
  const git = (bound: string) => secdb('git', [fixed('CVE-2024-1', bound)]);
  const tooLong = `9${'.0'.repeat(128)}`;
  const everyVersion = secdb('git', [{ id: 'CVE-2024-1', state: 'affected' }]);
  const single = secdb('git', [{ id: 'CVE-2024-1', state: 'affected', versions: ['9'] }]);
  const rows: readonly CaseRow[] = [
    ['below the prefix', apk('git', '0.8.20-r4'), git('0.8.21.x2'), ['CVE-2024-1 fixed 0.8.21.x2']],
    ['of the prefix', apk('git', '0.8.21-r0'), git('0.8.21.x2'), ['CVE-2024-1 undetermined']],
    ['above all that goes on from it', apk('git', '0.8.22_rc1-r0'), git('0.8.21.x2'), []],
    ['the same text', apk('git', '0.8.21.x2'), git('0.8.21.x2'), []],
    ['no valid prefix', apk('git', '9.0-r0'), git('unknown'), ['CVE-2024-1 undetermined']],
    ['several versions', apk('git', '9.0-r0'), git('1.0-r0,2.0-r1'), ['CVE-2024-1 undetermined']],
    ['a sentence', apk('git', '9.0-r0'), git('1.0-r0 or later'), ['CVE-2024-1 undetermined']],
    ['affected up to it', apk('git', '0.8.21-r0'), open({ lastAffected: '0.8.21.x2' }), ['CVE-2024-1 undetermined']],
    ['affected from it on', apk('git', '0.8.21-r0'), open({ introduced: '0.8.21.x2' }), ['CVE-2024-1 undetermined']],
    ['from it on, above', apk('git', '0.9-r0'), open({ introduced: '0.8.21.x2' }), ['CVE-2024-1 affected -']],
    ['from it on, below', apk('git', '0.8.20-r9'), open({ introduced: '0.8.21.x2' }), []],
    // It may mean a pre-release.
    [
      'from it on, just below',
      apk('git', '0.8.21_rc1'),
      open({ introduced: '0.8.21.x2' }),
      ['CVE-2024-1 undetermined'],
    ],
    ['before a doubtful start', apk('git', '1.0-r0'), open({ introduced: '1.0.x', lastAffected: '0.9' }), []],
    ['an installed one', apk('git', '6.6.2p1-r0'), git('7.1_p2-r0'), ['CVE-2024-1 fixed 7.1_p2-r0']],
    ['an installed one of the fix', apk('git', '6.6.2p1-r0'), git('6.6.2p-r1'), ['CVE-2024-1 undetermined']],
    ['an installed one that has the fix', apk('git', '6.6.2p1-r0'), git('6.6.1_p9-r0'), []],
    ['longer than any real one', apk('git', '9.0-r0'), git(tooLong), ['CVE-2024-1 undetermined']],
    ['an installed one that is longer', apk('git', tooLong), git('1.0-r0'), ['- undetermined']],
    ['the same text, too long to be compared', apk('git', tooLong), git(tooLong), ['- undetermined']],
    ['a longer one, where every version is affected', apk('git', tooLong), everyVersion, ['CVE-2024-1 affected -']],
    ['a longer one, where none is', apk('git', tooLong), git('0'), []],
    ['a longer one, beside single versions', apk('git', tooLong), single, ['- undetermined']],
    ['an installed one without prefix', apk('git', 'next'), git('1.0-r0'), ['- undetermined']],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('are named, make the scan incomplete, and are never called fixed', async () => {
    const features = [apk('git', '0.8.21-r0')];
    const report = await reportOf(features, [git('0.8.21.x2')]);
    expect(report.coverage.undetermined).toEqual([
      {
        package: 'git',
        version: '0.8.21-r0',
        namespace: 'alpine:v3.20',
        vulnerability: 'CVE-2024-1',
        reason: '"0.8.21.x2" is not a version of the scheme apk, so "0.8.21-r0" cannot be compared with "0.8.21.x2"',
      },
    ]);
    expect(report.coverage.complete).toBe(false);
    expect(applyPolicy(report, { now }).exitCode).toBe(3);
    const facts = factsOf([git('0.8.21.x2')]);
    const { packages } = await explainVulnerability(imageOf(features), facts, {
      id: 'CVE-2024-1',
      feeds: options.feeds,
    });
    expect(packages).toMatchObject([
      { decision: 'undetermined', advisories: [{ match: 'undetermined', comparison: '0.8.21-r0 ? 0.8.21.x2 (apk)' }] },
    ]);
  });
});

test('texts that are too long are named, cut', async () => {
  const long = '9'.repeat(257);
  const bound = await reportOf([apk('git', '1.0-r0')], [secdb('git', [fixed('CVE-2024-1', long)])]);
  const cut = `"${'9'.repeat(80)}…"`;
  expect(bound.coverage.undetermined.map(({ reason }) => reason)).toEqual([
    `${cut} is longer than 256 characters, so "1.0-r0" cannot be compared with ${cut}`,
  ]);
  // Said once, however many flaws the package may have.
  const said = secdb('git', [fixed('CVE-2024-1', '1.0-r0'), fixed('CVE-2024-2', '1.0-r0')]);
  const { undetermined, complete } = (await reportOf([apk('git', long)], [said])).coverage;
  const reason = 'version is longer than 256 characters';
  expect(undetermined).toEqual([
    { package: 'git', version: long, namespace: 'alpine:v3.20', vulnerability: null, reason },
  ]);
  expect(complete).toBe(false);
});

describe('an affected range that reaches above a fix', () => {
  // As CBL-Mariner 1.0 says it of pixman.
  const rows: readonly CaseRow[] = [
    ['inside: no fix helps', installed('0.40.0-3.cm1'), pixman, ['CVE-2022-44638 affected -']],
    ['below the fix', installed('0.36.0-2.cm1'), pixman, ['CVE-2022-44638 fixed 0.36.0-3.cm1']],
    ['above the range', installed('0.40.0-4.cm1'), pixman, []],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });
});
