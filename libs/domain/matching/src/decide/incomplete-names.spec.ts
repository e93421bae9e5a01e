import type { Advisory, PlacedFeature } from '@clarion/model';
import { by, deb, factsOf, imageOf, options } from '@clarion/test-kit/match-facts';
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

describe('a jar without a group', () => {
  const maven = by('maven', 'maven', 'binary');

  it.each<readonly [string, PlacedFeature, string, readonly unknown[]]>([
    ['is undetermined', jar('mapper'), 'org.example:mapper', [listed]],
    [
      'is undetermined where no advisory is about an artifact of its name',
      jar('mapper'),
      'org.example:other',
      [listed],
    ],
    ['is left to the distribution whose package owns it', jar('mapper', { owner: 'libmapper-java' }), 'a:b', []],
    ['is not one where its group is known', jar('org.example:mapper'), 'org.example:other', []],
    ['is decided by an advisory about its name as it is', jar('mapper'), 'mapper', []],
  ])('%s', async (_, feature, named, undetermined) => {
    const decided = await decideAll(imageOf([feature]), factsOf([maven(named, [flaw])]), options);
    expect(decided.undetermined).toEqual(undetermined);
  });
});
