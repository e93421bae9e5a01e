import type { Advisory, AdvisoryGroup, PlacedFeature } from '@clarion/model';
import { by, evidence, fixed, rpm } from '@clarion/test-kit/match-facts';
import { reportOf, type CaseSetting } from '../../testing/reports';

const cve = 'CVE-2024-1000';
const sle = by('sles:15.5', 'rpm', 'binary');
const leap = by('opensuse-leap:15.5', 'rpm', 'binary');
const updates = { document: 'osv.tar.bz2' };
const vex = { document: 'csaf-vex.tar.bz2' };
/** A VEX warning about a name that may be that of a source package. */
const warning = (more: Partial<Advisory> = {}): Advisory => ({
  id: cve,
  state: 'affected',
  nameKind: 'either',
  ...more,
});
const until = (limit: string): Partial<Advisory> => ({ ranges: [{ limit }], epochs: 'auto' });
const built = (name: string, version: string, source: string, more: Partial<PlacedFeature> = {}): PlacedFeature =>
  rpm(name, version, { namespace: 'sles:15.5', source: { name: source, version }, ...more });

const fix = '1.0-150500.9.1';
const onLeap = { namespace: 'opensuse-leap:15.5' };
const ltss = { scope: { channel: 'ltss' } };

/** Updates report fixes, VEX documents everything else. Both are about one flaw of one package. */
describe('updates and VEX documents of SUSE', () => {
  const openInRelease = [sle('a', [warning(until(fix))], vex), sle('a', [fixed(cve, fix, ltss)], updates)];
  const sourceOfFixed = [sle('src', [warning()], vex), sle('a', [fixed(cve, fix)], updates)];
  const rows: readonly (readonly [string, PlacedFeature, readonly AdvisoryGroup[], readonly string[], CaseSetting?])[] =
    [
      ['no fix', built('a', '1.0-1', 'a'), [sle('a', [warning()], vex)], [`${cve} affected -`]],
      ['no fix of a source package', built('a', '1.0-1', 'src'), [sle('src', [warning()], vex)], [`${cve} affected -`]],
      [
        'no fix is planned',
        built('a', '1.0-1', 'a'),
        [sle('a', [warning({ state: 'will_not_fix' })], vex)],
        [`${cve} will_not_fix -`],
      ],
      ['fixed only for LTSS, older build', built('a', '1.0-150500.2.1', 'a'), openInRelease, [`${cve} affected -`]],
      ['fixed only for LTSS, a build of LTSS', built('a', fix, 'a'), openInRelease, []],
      [
        'fixed only for LTSS, which is in use',
        built('a', '1.0-150500.2.1', 'a'),
        openInRelease,
        [`${cve} fixed ${fix}`],
        evidence('product', 'SLES-LTSS'),
      ],
      ['a source package that is still listed, fixed build', built('a', fix, 'src'), sourceOfFixed, []],
      [
        'a source package that is still listed, older build',
        built('a', '1.0-150500.2.1', 'src'),
        sourceOfFixed,
        [`${cve} fixed ${fix}`],
      ],
      [
        'not affected is said of the package of that name only',
        built('a', '1.0-1', 'src'),
        [sle('src', [{ id: cve, state: 'not_affected' }], vex), sle('a', [warning()], vex)],
        [`${cve} affected -`],
      ],
      [
        'Leap gets no advisory, but has the fix of SLE',
        built('a', fix, 'a', onLeap),
        [leap('a', [warning(until(fix))], vex), sle('a', [fixed(cve, fix)], updates)],
        [],
      ],
      [
        'Leap gets no advisory, and has no fix',
        built('a', '1.0-150500.2.1', 'a', onLeap),
        [leap('a', [warning(until(fix))], vex), sle('a', [fixed(cve, fix)], updates)],
        [`${cve} affected -`],
      ],
    ];

  it.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    const [, feature, groups, expected, setting] = row;
    const { findings } = await reportOf([feature], groups, setting);
    expect(findings.map(({ id, state, fixedIn }) => `${id} ${state} ${fixedIn ?? '-'}`)).toEqual(expected);
  });
});
