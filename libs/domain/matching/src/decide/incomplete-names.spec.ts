import type { Advisory, AdvisoryGroup, PlacedFeature } from '@clarion/model';
import { by, deb, factsOf, imageOf, options } from '@clarion/test-kit/match-facts';
import { scopedFacts } from '../lookup/scoped-facts';
import { decideAll } from './decide-all';

const flaw: Advisory = { id: 'CVE-2019-10172', state: 'fixed', ranges: [{ fixed: '1.9.14' }] };
const jar = (name: string, more: Partial<PlacedFeature> = {}): PlacedFeature =>
  deb(name, '1.9.13', { type: 'maven', namespace: 'maven', path: `app/${name}.jar`, confidence: 'inferred', ...more });
const listed = {
  package: 'mapper',
  version: '1.9.13',
  namespace: 'maven',
  reason: 'group unknown',
  vulnerability: null,
};
const vague = { ...listed, reason: 'group unknown, and the package may have another name' };
const unnamed = { ...listed, noAdvisories: true };
const mayBe = (reason: string): unknown => ({ ...listed, reason: `group unknown: may be ${reason}` });

describe('a jar without a group', () => {
  const maven = by('maven', 'maven', 'binary');
  const many = Array.from({ length: 7 }, (_, n) => `g${n}:mapper`);

  it.each<readonly [string, PlacedFeature, readonly string[], readonly unknown[]]>([
    ['may be a package with advisories', jar('mapper'), ['org.example:mapper'], [mayBe('org.example:mapper')]],
    ['may be one of several', jar('mapper'), ['b:mapper', 'a:mapper', 'a:x'], [mayBe('a:mapper, b:mapper')]],
    [
      'may be one of many',
      jar('mapper'),
      many,
      [mayBe('g0:mapper, g1:mapper, g2:mapper, g3:mapper, g4:mapper or 2 more')],
    ],
    [
      'misses nothing where no advisory is about an artifact of its name',
      jar('mapper'),
      ['org.example:other'],
      [unnamed],
    ],
    ['is no artifact whose name is longer, or spelled otherwise', jar('mapper'), ['a:mapper-x', 'a:Mapper'], [unnamed]],
    [
      'that is called like a module may be any',
      jar('org.example.mapper'),
      ['org.example:mapper'],
      [{ ...vague, package: 'org.example.mapper' }],
    ],
    ['may be one for a release of Scala', jar('mapper'), ['a:mapper_2.13', 'a:mapper_x'], [mayBe('a:mapper_2.13')]],
    ['that is called like its file misses nothing', jar('Mapper'), ['a:mapper'], [{ ...unnamed, package: 'Mapper' }]],
    [
      'that has a title may be any',
      jar('Mapper', { path: 'app/x.jar' }),
      ['a:mapper'],
      [{ ...vague, package: 'Mapper' }],
    ],
    ['is left to the distribution whose package owns it', jar('mapper', { owner: 'libmapper-java' }), ['a:mapper'], []],
    ['is not one where its group is known', jar('org.example:mapper'), ['org.example:other'], []],
    ['is decided by an advisory about its name as it is', jar('mapper'), ['mapper', 'a:mapper'], []],
  ])('%s', async (_, feature, named, undetermined) => {
    const facts = factsOf(named.toSorted().map((name) => maven(name, [flaw])));
    expect((await decideAll(imageOf([feature]), facts, options)).undetermined).toEqual(undetermined);
  });

  it('counts no advisories of feeds that take no part, and a package of several feeds once', async () => {
    const ofOther = (name: string): AdvisoryGroup => maven(name, [flaw], { feed: 'other' });
    const facts = factsOf([maven('a:mapper', [flaw]), ofOther('a:mapper'), ofOther('b:mapper')]);
    const withoutOther = scopedFacts(facts, [{ id: 'feed', namespaces: ['maven'], refreshMinutes: 60 }]);
    const [of, all] = [
      await decideAll(imageOf([jar('mapper')]), withoutOther, options),
      await decideAll(imageOf([jar('mapper')]), facts, options),
    ];
    expect([of.undetermined, all.undetermined]).toEqual([[mayBe('a:mapper')], [mayBe('a:mapper, b:mapper')]]);
  });
});
