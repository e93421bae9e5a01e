import type { Advisory, AdvisoryGroup, PlacedFeature } from '@clarion/model';
import { schemeOf } from '@clarion/version-schemes';
import { group, rpm } from '@clarion/test-kit/match-facts';
import { decidePackage } from './decide-package';
import { nothingKnown } from '../scope/image-scope';
import { setAside } from './language-databases';

/** CVE-2024-1000 in one database: the id of its record, then the versions that it names. */
function said(record: string, more: Partial<Advisory>): Advisory {
  const fixed = more.ranges?.some((range) => range.fixed !== undefined) === true;
  return { id: 'CVE-2024-1000', advisory: record, state: fixed ? 'fixed' : 'affected', ...more };
}
const fixedIn = (fixed: string, introduced = '0'): Partial<Advisory> => ({ ranges: [{ introduced, fixed }] });
const upTo = (lastAffected: string): Partial<Advisory> => ({ ranges: [{ introduced: '0', lastAffected }] });
const pysec = (more: Partial<Advisory>): Advisory => said('PYSEC-2024-1', more);
const ghsa = (more: Partial<Advisory>): Advisory => said('GHSA-aaaa-bbbb-cccc', more);
const go = (more: Partial<Advisory>): Advisory => said('GO-2024-0001', more);
const rustsec = (more: Partial<Advisory>): Advisory => said('RUSTSEC-2024-0001', more);

/** A package `a` of this version, of any type: matching reads of it only what it is asked about. */
const installed = (namespace: string, version: string): PlacedFeature => rpm('a', version, { namespace });

function groupIn(namespace: string, advisories: readonly Advisory[], more: Partial<AdvisoryGroup> = {}): AdvisoryGroup {
  return group('a', advisories, {
    namespace,
    scheme: schemeOf(namespace) ?? '',
    nameKind: 'binary',
    feed: 'osv',
    ...more,
  });
}

/** What is decided, and open questions, each in a few words. */
function decided(namespace: string, version: string, groups: readonly AdvisoryGroup[]): readonly string[] {
  const matched = groups.map((one) => ({
    ...{ group: one, version, sameName: false, secondary: false },
    matchedBy: 'binary' as const,
  }));
  const options = { image: nothingKnown, precedence: ['own'] };
  const { flaws, undecidable } = decidePackage(installed(namespace, version), matched, options);
  const findings = flaws.map(({ state, fixedIn: fix, flawKind }) => `${state} ${fix ?? flawKind ?? '-'}`);
  return [...findings, ...undecidable.map(({ vulnerability }) => `open ${vulnerability ?? '-'}`)];
}

type Row = readonly [title: string, version: string, advisories: readonly Advisory[], expected: readonly string[]];

function expectRows(namespace: string, rows: readonly Row[]): void {
  test.each(rows)('%s', (_, version, advisories, expected) => {
    expect(decided(namespace, version, [groupIn(namespace, advisories)])).toEqual(expected);
    expect(decided(namespace, version, [groupIn(namespace, advisories.toReversed())])).toEqual(expected);
    // In any document or feed of the same rank.
    const apart = advisories.map((one, at) => groupIn(namespace, [one], { feed: `feed-${at}` }));
    expect(decided(namespace, version, apart)).toEqual(expected);
  });
}

describe('PyPI: affected if PYSEC or GHSA says so', () => {
  expectRows('pypi', [
    ['one has a fix, the other none', '2.1', [pysec(fixedIn('2.0')), ghsa(upTo('2.5'))], ['affected -']],
    ['the other way round', '2.1', [ghsa(fixedIn('2.0')), pysec(upTo('2.5'))], ['affected -']],
    [
      'one has a fix, the other lists the version',
      '2.1',
      [pysec(fixedIn('2.0')), ghsa({ versions: ['2.1'] })],
      ['affected -'],
    ],
    ['one is about another line of versions', '1.5', [pysec(fixedIn('2.0', '1.8')), ghsa(upTo('1.6'))], ['affected -']],
    ['the higher fix', '2.1', [pysec(fixedIn('2.0')), ghsa(fixedIn('2.2'))], ['fixed 2.2']],
    ['a fix is reported though the other knows none', '1.0', [pysec(fixedIn('2.0')), ghsa(upTo('2.5'))], ['fixed 2.0']],
    ['both have the fix', '2.2', [pysec(fixedIn('2.0')), ghsa(fixedIn('2.2'))], []],
    ['the fix of one, after all versions of the other', '2.6', [pysec(fixedIn('2.0')), ghsa(upTo('2.5'))], []],
    [
      'one has the fix, the other is not decided',
      '2.1',
      [pysec(fixedIn('2.0')), ghsa({ state: 'under_investigation' })],
      ['under_investigation -'],
    ],
    ['not affected, stated as such, is not a range', '2.1', [pysec(upTo('3')), ghsa({ state: 'not_affected' })], []],
  ]);
});

describe('npm: records of one database are of equal rank too', () => {
  const second = (more: Partial<Advisory>): Advisory => said('GHSA-dddd-eeee-ffff', more);
  expectRows('npm', [
    ['affected if either says so', '2.1.0', [ghsa(fixedIn('2.0.0')), second(upTo('2.5.0'))], ['affected -']],
    [
      'one has the fix, the other cannot be compared',
      '2.1.0',
      [ghsa(fixedIn('2.0.0')), second(fixedIn('next'))],
      ['open CVE-2024-1000'],
    ],
    [
      'a malicious package stays one',
      '2.1.0',
      [ghsa(fixedIn('2.0.0')), said('MAL-2024-1', { kind: 'malicious', versions: ['2.1.0'] })],
      ['affected malicious'],
    ],
  ]);
});

describe('every language: affected if either says so', () => {
  test.each('conan cran crates.io go hackage hex maven npm nuget packagist pub pypi rubygems'.split(' '))(
    '%s',
    (namespace) => {
      const advisories = [said('DB-1', fixedIn('1.0.0')), said('DB-2', { versions: ['1.0.0'] })];
      expect(decided(namespace, '1.0.0', [groupIn(namespace, advisories)])).toEqual(['affected -']);
    },
  );

  test('without advisories nothing is set aside', () => {
    expect(setAside([]).size).toBe(0);
  });
});

describe('Go: its own database comes before that of GitHub', () => {
  const v = (more: Partial<Advisory>): Advisory => go(more);
  expectRows('go', [
    ['it has the lower fix', 'v1.3.0', [v(fixedIn('1.2.0')), ghsa(fixedIn('1.5.0'))], []],
    ['it has the higher fix', 'v1.3.0', [v(fixedIn('1.5.0')), ghsa(fixedIn('1.2.0'))], ['fixed 1.5.0']],
    ['it knows no fix', 'v1.3.0', [v(upTo('1.9.0')), ghsa(fixedIn('1.2.0'))], ['affected -']],
    ['and none that GitHub would know', 'v1.1.0', [v(upTo('1.9.0')), ghsa(fixedIn('1.2.0'))], ['affected -']],
    ['it is about later versions', 'v1.1.0', [v(fixedIn('1.5.0', '1.2.0')), ghsa(fixedIn('1.5.0'))], []],
    [
      'it cannot be compared',
      'v1.3.0',
      [v(fixedIn('next')), ghsa(fixedIn('1.5.0'))],
      ['fixed 1.5.0', 'open CVE-2024-1000'],
    ],
    ['GitHub cannot be compared, which is not a question', 'v1.3.0', [v(fixedIn('1.2.0')), ghsa(fixedIn('next'))], []],
    ['it says nothing', 'v1.3.0', [ghsa(fixedIn('1.5.0'))], ['fixed 1.5.0']],
    [
      'two records of its own: affected if either says so',
      'v1.3.0',
      [v(fixedIn('1.2.0')), said('GO-2024-0002', upTo('1.4.0')), ghsa(fixedIn('1.2.0'))],
      ['affected -'],
    ],
    [
      'other databases are set aside by none',
      'v1.3.0',
      [v(fixedIn('1.2.0')), said('MAL-2024-1', { versions: ['v1.3.0'], kind: 'malicious' })],
      ['affected malicious'],
    ],
    [
      'a record without CVE is known by its own id',
      'v1.3.0',
      [
        { id: 'GHSA-aaaa-bbbb-cccc', aliases: ['GO-2024-0001'], state: 'fixed', ...fixedIn('1.5.0') },
        {
          id: 'GHSA-aaaa-bbbb-cccc',
          aliases: ['GO-2024-0001'],
          advisory: 'GO-2024-0001',
          state: 'fixed',
          ...fixedIn('1.2.0'),
        },
      ],
      [],
    ],
  ]);

  test('but not before what the user says', () => {
    const groups = [groupIn('go', [go(fixedIn('1.2.0'))]), groupIn('go', [ghsa(fixedIn('1.5.0'))], { feed: 'own' })];
    expect(decided('go', 'v1.3.0', groups)).toEqual(['fixed 1.5.0']);
    const silent = [groupIn('go', [go(upTo('1.2.0'))], { feed: 'own' }), groupIn('go', [ghsa(fixedIn('1.5.0'))])];
    expect(decided('go', 'v1.3.0', silent)).toEqual(['fixed 1.5.0']);
  });
});

describe('crates.io: RustSec comes before GitHub', () => {
  expectRows('crates.io', [
    ['its fix is the one', '1.3.0', [rustsec(fixedIn('1.2.0')), ghsa(upTo('1.5.0'))], []],
    ['its line of versions is the one', '1.1.0', [rustsec(fixedIn('1.5.0', '1.2.0')), ghsa(upTo('1.5.0'))], []],
    [
      'a notice sets no flaw aside',
      '1.3.0',
      [rustsec({ kind: 'informational', reason: 'unsound' }), ghsa(fixedIn('1.5.0'))],
      ['fixed 1.5.0'],
    ],
    ['a notice alone stays one', '1.3.0', [rustsec({ kind: 'informational' })], ['affected informational']],
  ]);
});

describe('a distribution: as before', () => {
  expectRows('debian:12', [
    ['a fix that is installed clears older words', '2.1', [pysec(fixedIn('2.0')), ghsa({})], []],
    ['a range that reaches above the fix wins', '2.1', [pysec(fixedIn('2.0')), ghsa(upTo('2.5'))], ['affected -']],
    ['up to the fix it does not', '2.0', [pysec(fixedIn('2.0')), ghsa(upTo('2.0'))], []],
    ['nor above its own end', '2.6', [pysec(fixedIn('2.0')), ghsa(upTo('2.5'))], []],
    ['nor below a second fix', '2.5', [pysec(fixedIn('2.0')), go(fixedIn('2.5')), ghsa(upTo('2.5'))], []],
    ['an exclusive end', '2.1', [pysec(fixedIn('2.0')), ghsa({ ranges: [{ limit: '2.2' }] })], ['affected -']],
    ['no end at all', '2.1', [pysec(fixedIn('2.0')), ghsa({ ranges: [{ introduced: '1.0', limit: '*' }] })], []],
    ['introduced again', '2.3', [pysec(fixedIn('2.0')), ghsa({ ranges: [{ introduced: '2.2' }] })], ['affected -']],
    ['listed by itself', '2.1', [pysec(fixedIn('2.0')), ghsa({ versions: ['2.1'] })], ['affected -']],
    ['listed, and the fix', '2.0', [pysec(fixedIn('2.0')), ghsa({ versions: ['2.0'] })], []],
    ['not affected suppresses', '2.1', [go({ state: 'not_affected' }), ghsa(fixedIn('3'))], []],
    ['ids of databases mean nothing', '1.3.0', [go(fixedIn('1.2.0')), ghsa(fixedIn('1.5.0'))], ['fixed 1.5.0']],
  ]);
});
