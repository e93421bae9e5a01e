import type { PlacedFeature } from '@clarion/model';

import { byName, featureOf, featureRow } from './feature-rows';

const bare: PlacedFeature = {
  type: 'dpkg',
  name: 'libssl3',
  version: '3.0-1',
  path: 'var/lib/dpkg/status',
  namespace: null,
  layer: 'sha256:00',
};
const whole: Required<PlacedFeature> = {
  ...bare,
  namespace: 'debian:12',
  source: { name: 'openssl', version: '3.0' },
  architecture: 'amd64',
  module: 'a:b:c:d',
  license: 'MIT',
  vendor: 'Debian',
  repository: 'main',
  within: 'b.war!/c.jar',
  confidence: 'inferred',
  owner: 'libc-java',
  linkedFunctions: 'linux/amd64 12 0 ',
  publisher: 'Debian',
};

describe('rows of features', () => {
  const without = (member: keyof PlacedFeature) =>
    Object.fromEntries(Object.entries(whole).filter(([key]) => key !== member)) as unknown as PlacedFeature;
  const optional = [
    'source',
    'architecture',
    'module',
    'license',
    'vendor',
    'repository',
    'within',
    'confidence',
    'owner',
    'linkedFunctions',
  ] as const;

  it.each<[string, PlacedFeature]>([
    ['with nothing more than it must have', bare],
    ['with everything', whole],
    ['with empty texts', { ...whole, version: '', vendor: '', source: { name: '', version: '' } }],
    ...optional.map((member): [string, PlacedFeature] => [`without ${member}`, without(member)]),
  ])('return a feature %s, under each of its names', (_, feature) => {
    for (const name of ['libssl3', 'openssl', '__proto__']) {
      expect(featureOf(featureRow(feature, name), { type: 'dpkg', name })).toStrictEqual(feature);
    }
  });

  it('contain the type of a feature that is found among those of all custom types', () => {
    const own = { ...whole, type: 'x-acme' as const };
    expect(featureOf(featureRow(own, 'openssl'), { type: 'x', name: 'openssl' })).toStrictEqual(own);
    expect(byName([own, { ...own, type: 'x-other' }]).map(({ type, features }) => [type, features.length])).toEqual([
      ['x', 2],
      ['x', 2],
    ]);
  });

  it('are as short as possible', () => {
    expect(featureRow(bare, 'libssl3')).toEqual(['3.0-1', 'var/lib/dpkg/status', 'sha256:00']);
  });
});

describe('byName', () => {
  it('indexes a feature by its name and that of its source, once if they are equal', () => {
    const tool = { ...whole, name: 'openssl' };
    const found = byName([whole, bare, tool, { ...bare, type: 'apk' }]);
    expect(found.map(({ type, name, features }) => [type, name, features.length])).toEqual([
      ['dpkg', 'libssl3', 2],
      ['dpkg', 'openssl', 2],
      ['apk', 'libssl3', 1],
    ]);
  });
});
