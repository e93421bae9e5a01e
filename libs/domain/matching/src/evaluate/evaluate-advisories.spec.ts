import type { Advisory, AdvisoryGroup, PlacedFeature } from '@clarion/model';
import { deb, fixed, group } from '@clarion/test-kit/match-facts';
import { type EvaluatedAdvisory, evaluateAdvisories, levels } from './evaluate-advisories';
import { type ImageScope, nothingKnown } from '../scope/image-scope';
import type { MatchedGroup } from '../lookup/look-up';
import type { PackageProducts } from '../scope/red-hat/products';
import { subjectOf } from '../scope/scope-checks';

const id = 'CVE-2024-1000';
const products = (more: Partial<PackageProducts> = {}): PackageProducts => ({
  key: 'k',
  coveredBy: () => true,
  ...more,
});

interface Setting extends Partial<Omit<MatchedGroup, 'group'>> {
  readonly feature?: PlacedFeature;
  readonly group?: Partial<AdvisoryGroup>;
  readonly image?: Partial<ImageScope>;
  readonly precedence?: readonly string[];
}

/** Advisories of a group about the source `a`, evaluated for a package `a` of version 1. */
function evaluatedAll(advisories: readonly Advisory[], setting: Setting = {}): readonly EvaluatedAdvisory[] {
  const { feature = deb('a', '1'), group: more, image, precedence = [], ...found } = setting;
  const matched: MatchedGroup = {
    ...{ group: group('a', advisories, more), version: feature.version },
    ...{ matchedBy: 'source' as const, sameName: true, secondary: false },
    ...found,
  };
  const subject = subjectOf(feature, matched.matchedBy, { ...nothingKnown, ...image });
  return evaluateAdvisories(matched, subject, precedence);
}

/** The result of scope and version for one advisory. */
function evaluateOne(
  advisory: Advisory,
  setting: Setting = {},
): Pick<EvaluatedAdvisory, 'versionMatch' | 'counts' | 'level' | 'offeredBy' | 'note'> {
  const [evaluated] = evaluatedAll([advisory], setting);
  if (evaluated === undefined) throw new Error('the advisory is not about the name');
  const { versionMatch, counts, level, offeredBy, note } = evaluated;
  return { versionMatch, counts, level, offeredBy, note };
}

const vulnerable = { kind: 'vulnerable', state: 'fixed', fixedIn: '2' } as const;
const plain = { versionMatch: vulnerable, counts: true, level: levels.base, offeredBy: undefined, note: undefined };
const inScope = (scope: NonNullable<Advisory['scope']>, fix = '2'): Advisory => fixed(id, fix, { scope });
const uncertain: Setting = { note: 'reduced certainty: indicative' };

describe('one advisory evaluated for one package', () => {
  const eus = { channel: 'eus', cpes: ['cpe:/o:x'] };
  const known = { productsOf: () => products() };
  const unsure = { productsOf: () => products({ note: 'products assumed' }) };
  test.each<readonly [string, Advisory, Setting, Partial<typeof plain> | object]>([
    ['without scope', fixed(id, '2'), {}, {}],
    ['of an uncertain namespace', fixed(id, '2'), uncertain, { note: 'reduced certainty: indicative' }],
    [
      'about something else',
      inScope({ module: 'nodejs:20' }),
      uncertain,
      { versionMatch: { kind: 'silent' }, counts: false, note: 'about a module stream; the package is of none' },
    ],
    [
      'about another architecture',
      inScope({ architectures: ['s390x'] }),
      uncertain,
      {
        counts: false,
        level: levels.elsewhere,
        note: 'reduced certainty: about another architecture (s390x); reduced certainty: indicative',
      },
    ],
    [
      'about another architecture, and something else',
      inScope({ architectures: ['s390x'], module: 'nodejs:20' }),
      {},
      {
        versionMatch: { kind: 'silent' },
        counts: false,
        note: 'about another architecture, and another product, stream or channel',
      },
    ],
    [
      'of a channel that is not enabled',
      inScope({ channel: 'ltss' }),
      {},
      { counts: false, note: 'only in channel ltss, not enabled here' },
    ],
    [
      'of a channel that offers its fix',
      inScope({ channel: 'esm-infra' }),
      { ...uncertain, feature: deb('a', '1', { namespace: 'ubuntu:22.04' }) },
      {
        counts: false,
        level: levels.offered,
        offeredBy: 'ubuntu-pro',
        note: 'only in channel esm-infra, not enabled here; reduced certainty: indicative',
      },
    ],
    ['of a channel in use', inScope(eus), { image: known }, { level: levels.channel }],
    [
      'of a channel in use, uncertain twice',
      inScope(eus),
      { ...uncertain, image: unsure },
      { level: levels.channel, note: 'products assumed; reduced certainty: indicative' },
    ],
    ['of uncertain products', inScope({ cpes: ['cpe:/o:x'] }), { image: unsure }, { note: 'products assumed' }],
    [
      'of products that nobody knows',
      inScope({ cpes: ['cpe:/o:x'] }),
      uncertain,
      {
        versionMatch: { kind: 'undetermined', reason: 'product of the package is not known' },
        note: 'product of the package is not known; reduced certainty: indicative',
      },
    ],
  ])('%s', (_, advisory, setting, expected) => {
    expect(evaluateOne(advisory, setting)).toEqual({ ...plain, ...expected });
  });

  test.each<readonly [string, Partial<Advisory>, EvaluatedAdvisory['versionMatch']['kind']]>([
    ['is open where it would be vulnerable', { ranges: [{ fixed: '2' }] }, 'undetermined'],
    ['is open where the vendor has not decided', { state: 'under_investigation' }, 'undetermined'],
    ['is open where it cannot be compared', { state: 'fixed' }, 'undetermined'],
    ['does not matter where the version has the fix', { ranges: [{ fixed: '1' }] }, 'silent'],
    ['does not matter where it is not affected', { state: 'not_affected' }, 'silent'],
    ['does not matter where other versions are meant', { ranges: [{ introduced: '2', fixed: '3' }] }, 'silent'],
  ])('an advisory whose scope cannot be decided %s', (_, said, kind) => {
    const advisory: Advisory = { id, state: 'affected', scope: { cpes: ['cpe:/o:x'] }, ...said };
    expect(evaluateOne(advisory)).toMatchObject({ versionMatch: { kind }, counts: true, level: levels.base });
  });
});

describe('levels', () => {
  const of = { precedence: ['first', 'second'] };
  const ltss = inScope({ channel: 'ltss' });
  const enabled = { image: { services: new Set(['ltss']) } };
  test.each<readonly [string, Advisory, Setting, number]>([
    ['the distribution', fixed(id, '2'), of, levels.base],
    ['where the package was taken from', fixed(id, '2'), { ...of, secondary: true }, levels.secondary],
    ['the first own feed', fixed(id, '2'), { ...of, group: { feed: 'first' } }, -2],
    ['the second own feed', fixed(id, '2'), { ...of, group: { feed: 'second' } }, -1],
    ['an own feed about such a package', fixed(id, '2'), { ...of, secondary: true, group: { feed: 'first' } }, -2],
    ['a channel in use', ltss, enabled, levels.channel],
    ['a channel of an own feed', ltss, { ...of, ...enabled, group: { feed: 'first' } }, -2],
    ['a channel not in use, of whatever feed', ltss, { ...of, group: { feed: 'second' } }, -1],
  ])('%s', (_, advisory, setting, level) => {
    expect(evaluateOne(advisory, setting).level).toBe(level);
  });
  test('their order is that of the words', () => {
    expect(levels).toEqual({ channel: 0, base: 1, secondary: 2, offered: 3, elsewhere: 4 });
  });
});

describe('a fix of a later minor release than the image stays on', () => {
  const frozen = { image: { productsOf: () => products({ frozen: { major: 8, minor: 4 } }) } };
  const later = '2-1.el8_6';
  const affected = {
    ...plain,
    versionMatch: { kind: 'vulnerable', state: 'affected', fixedIn: null },
    note: `fix ${later} is of a later minor release than 8.4, where the image stays`,
  };
  const rows: readonly (readonly [string, Advisory, Setting, object])[] = [
    ['cannot be had', fixed(id, later), frozen, affected],
    [
      'cannot be had, of an uncertain namespace',
      fixed(id, later),
      { ...frozen, ...uncertain },
      { ...affected, note: `${affected.note}; reduced certainty: indicative` },
    ],
    [
      'can be had where nothing is frozen',
      fixed(id, later),
      { image: { productsOf: () => products() } },
      { ...plain, versionMatch: { ...vulnerable, fixedIn: later } },
    ],
    [
      'that is of the same minor release can be had',
      fixed(id, '2-1.el8_4'),
      frozen,
      { ...plain, versionMatch: { ...vulnerable, fixedIn: '2-1.el8_4' } },
    ],
    [
      'does not count where the package has it',
      fixed(id, '0.9-1.el8_6'),
      frozen,
      { ...plain, versionMatch: { kind: 'cleared' } },
    ],
    [
      'is absent where there is none',
      { id, state: 'will_not_fix' },
      frozen,
      { ...plain, versionMatch: { kind: 'vulnerable', state: 'will_not_fix', fixedIn: null } },
    ],
    [
      'is that of the channel where it has one',
      fixed(id, later, { scope: { channel: 'eus', cpes: ['cpe:/o:x'] } }),
      frozen,
      { ...plain, level: levels.channel, versionMatch: { ...vulnerable, fixedIn: later } },
    ],
  ];
  test.each(rows)('%s', (_, advisory, setting, expected) => {
    expect(evaluateOne(advisory, { ...setting, group: { scheme: 'rpm' } })).toEqual(expected);
  });
});

describe('a group of advisories', () => {
  test('keeps what was compared, by which name, in which order', () => {
    const [evaluated] = evaluatedAll([fixed(id, '2')], { matchedBy: 'binary', group: { nameKind: 'binary' } });
    expect(evaluated).toMatchObject({
      version: '1',
      matchedBy: 'binary',
      scheme: { id: 'dpkg' },
      scope: { kind: 'applies' },
    });
    expect([evaluated?.advisory.id, evaluated?.group.package]).toEqual([id, 'a']);
  });

  test('leaves out those about the other name of the package', () => {
    const about = (advisory: string, nameKind: 'source' | 'binary'): Advisory => fixed(id, '2', { advisory, nameKind });
    const advisories = [about('DSA-1', 'binary'), about('DSA-2', 'source'), fixed(id, '2', { advisory: 'DSA-3' })];
    expect(evaluatedAll(advisories).map(({ advisory }) => advisory.advisory)).toEqual(['DSA-2', 'DSA-3']);
  });

  test.each<readonly [string, Partial<Advisory>, Partial<AdvisoryGroup>, EvaluatedAdvisory['versionMatch']['kind']]>([
    ['an absent epoch is 0', {}, {}, 'vulnerable'],
    ['says nothing where the group says so', {}, { epochs: 'auto' }, 'cleared'],
    ['says nothing where the advisory says so', { epochs: 'auto' }, {}, 'cleared'],
  ])('rpm: %s', (_, more, of, kind) => {
    const [evaluated] = evaluatedAll([fixed(id, '1:1', more)], { group: { scheme: 'rpm', ...of } });
    expect(evaluated?.versionMatch.kind).toBe(kind);
  });

  test('with an unknown version scheme is open', () => {
    const [evaluated] = evaluatedAll([fixed(id, '2')], { group: { scheme: 'moon', epochs: 'auto' } });
    expect(evaluated).toMatchObject({
      scheme: undefined,
      versionMatch: { kind: 'undetermined', reason: 'unknown version scheme' },
    });
  });
});
