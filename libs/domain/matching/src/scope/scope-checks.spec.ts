import type { AdvisoryScope, PlacedFeature } from '@clarion/model';
import { deb, rpm } from '@clarion/test-kit/match-facts';
import { type ImageScope, nothingKnown } from './image-scope';
import type { PackageProducts } from './red-hat/products';
import { applicability, scopeChecks } from './check-scope';
import { type Applicability, applies } from './applicability';
import { hasModuleRelease, scopeTraits, subjectOf } from './scope-checks';

const products = (more: Partial<PackageProducts> = {}): PackageProducts => ({
  key: 'k',
  coveredBy: () => true,
  ...more,
});
const imageWith = (more: Partial<ImageScope>): ImageScope => ({ ...nothingKnown, ...more });

function withoutArchitecture({ type, name, version, namespace, path, layer }: PlacedFeature): PlacedFeature {
  return { type, name, version, namespace, path, layer };
}

function answer(scope: AdvisoryScope, feature: PlacedFeature, image: Partial<ImageScope> = {}): Applicability {
  return applicability({ scope }, subjectOf(feature, 'binary', imageWith(image)));
}

const other = (reason: string): Applicability => ({ kind: 'other', reason });
const elsewhere: Applicability = { kind: 'other-architecture', reason: 'about another architecture' };
const ofChannel: Applicability = { kind: 'applies', channel: true };
const information = (channel: string, offeredBy?: string): Applicability => ({
  kind: 'information',
  note: `only in channel ${channel}, not enabled here`,
  ...(offeredBy === undefined ? {} : { offeredBy }),
});

describe('the reason that is reported', () => {
  const oracle = rpm('openssl', '3.0.7-2.ksplice1.el9', { namespace: 'oracle:9' });
  const rows: readonly (readonly [string, AdvisoryScope, PlacedFeature, Applicability, Partial<ImageScope>?])[] = [
    ['another architecture', { architectures: ['s390x'] }, rpm('a', '1'), elsewhere],
    [
      'another stream',
      { module: 'nodejs:20' },
      rpm('a', '1', { module: 'nodejs:18' }),
      other('about another module stream'),
    ],
    [
      'another cut of the same letters',
      { module: 'ab:c' },
      rpm('a', '1', { module: 'a:bc' }),
      other('about another module stream'),
    ],
    [
      'a tool of a flavour, mentioned without a version',
      {},
      rpm('ksplice-tools', '1', { namespace: 'oracle:9' }),
      other('about another build flavour'),
    ],
    ['no module', {}, rpm('a', '1', { module: 'nodejs:18' }), other('about a package of no module')],
    [
      'a module for a package of none',
      { module: 'nodejs:18' },
      rpm('a', '1'),
      other('about a module stream; the package is of none'),
    ],
    ['another flavour', {}, oracle, other('about another build flavour')],
    [
      'another product',
      { cpes: ['cpe:/o:x'] },
      rpm('a', '1'),
      other('about another product or repository'),
      { productsOf: () => products({ coveredBy: () => false }) },
    ],
    [
      'unknown product',
      { cpes: ['cpe:/o:x'] },
      rpm('a', '1'),
      { kind: 'undetermined', reason: 'product of the package is not known' },
    ],
    ['a product', { cpes: ['cpe:/o:x'] }, rpm('a', '1'), applies, { productsOf: () => products() }],
    [
      'an uncertain product',
      { cpes: ['cpe:/o:x'] },
      rpm('a', '1'),
      { kind: 'applies', note: 'assumed' },
      { productsOf: () => products({ note: 'assumed' }) },
    ],
    ['an empty list of products', { cpes: [] }, rpm('a', '1'), applies, { productsOf: () => products() }],
  ];
  const cases = rows.map(([title, scope, feature, expected, image]) => ({ title, scope, feature, expected, image }));
  test.each(cases)('$title', ({ scope, feature, expected, image }) => {
    expect(answer(scope, feature, image)).toEqual(expected);
  });

  test('unknown architecture and stream', () => {
    const unknown = withoutArchitecture(rpm('a', '18.1-1.module+el9'));
    expect(answer({ architectures: ['x86_64'] }, unknown)).toEqual({
      kind: 'applies',
      note: 'architecture of the package unknown',
    });
    expect(answer({ module: 'nodejs:18' }, unknown)).toEqual({
      kind: 'applies',
      note: 'module stream of the package unknown',
    });
  });
});

describe('architectures', () => {
  test.each<readonly [said: readonly string[], own: string, applies: boolean]>([
    [['i686'], 'i486', true],
    [['i686'], 'i586', true],
    [['x86'], 'i386', true],
    [['i686'], 'x86_64', false],
    [['x86_64'], 'arm64', false],
    [['x86_64'], 'i386', false],
    [['x86_64'], 'i486', false],
    [['x86_64'], 'i586', false],
    [['x86_64'], 'x86', false],
    [['x86_64'], 'ppc64el', false],
    [['amd64'], 'x86_64', true],
    [['s390x', 'all'], 'x86_64', true],
    [['any'], 'x86_64', true],
    [['x86_64'], 'all', true],
    [['src', 'x86_64'], 'any', true],
    [['src'], 'all', false],
  ])('%j and %s: %s', (architectures, architecture, expected) => {
    expect(answer({ architectures }, rpm('a', '1', { architecture }))).toEqual(
      expected ? applies : architectures.includes('src') ? other('about another architecture') : elsewhere,
    );
  });
});

describe('support channels', () => {
  const ubuntu = (version: string): PlacedFeature => deb('a', version, { namespace: 'ubuntu:22.04' });
  const fipsBuild = ubuntu('3.0.2-0ubuntu1.9+Fips2');
  const rows: readonly (readonly [string, AdvisoryScope, PlacedFeature, Partial<ImageScope>, Applicability])[] = [
    ['ESM is offered', { channel: 'esm-infra' }, ubuntu('1'), {}, information('esm-infra', 'ubuntu-pro')],
    ['others are not', { channel: 'ltss' }, ubuntu('1'), {}, information('ltss')],
    ['a version of ESM', { channel: 'esm-infra' }, ubuntu('1+esm1'), {}, ofChannel],
    ['another version of ESM', { channel: 'esm-apps' }, ubuntu('1~esm12'), {}, ofChannel],
    [
      'no version of ESM: a dot',
      { channel: 'esm-infra' },
      ubuntu('1.esm1'),
      {},
      information('esm-infra', 'ubuntu-pro'),
    ],
    [
      'no version of ESM: no number',
      { channel: 'esm-infra' },
      ubuntu('1+esm'),
      {},
      information('esm-infra', 'ubuntu-pro'),
    ],
    ['a version of ESM, of another channel', { channel: 'ltss' }, ubuntu('1+esm1'), {}, information('ltss')],
    ['a name that has ESM inside only', { channel: 'no-esm-infra' }, ubuntu('1+esm1'), {}, information('no-esm-infra')],
    ['always', { channel: 'ltss' }, ubuntu('1'), { supportChannels: 'always' }, ofChannel],
    ['an enabled service', { channel: 'ltss' }, ubuntu('1'), { services: new Set(['ltss']) }, ofChannel],
    [
      'an enabled service, never',
      { channel: 'ltss' },
      ubuntu('1'),
      { services: new Set(['ltss']), supportChannels: 'never' },
      information('ltss'),
    ],
    ['an installed product', { channel: 'ltss' }, ubuntu('1'), { products: new Set(['x', 'sles-ltss']) }, ofChannel],
    ['a product of underscores', { channel: 'ltss' }, ubuntu('1'), { products: new Set(['sles_ltss_x']) }, ofChannel],
    ['part of a word', { channel: 'ltss' }, ubuntu('1'), { products: new Set(['sles-ltssx']) }, information('ltss')],
    ['FIPS without evidence', { channel: 'fips-updates' }, fipsBuild, {}, ofChannel],
    ['FIPS, enabled', { channel: 'fips' }, fipsBuild, { services: new Set(['esm-infra', 'fips']) }, ofChannel],
    [
      'FIPS, another is enabled',
      { channel: 'fips-updates' },
      fipsBuild,
      { services: new Set(['fips']) },
      other('about another FIPS channel'),
    ],
    ['FIPS, only ESM is enabled', { channel: 'fips' }, fipsBuild, { services: new Set(['esm-infra']) }, ofChannel],
    [
      'the products show',
      { channel: 'eus', cpes: ['cpe:/o:x'] },
      rpm('a', '1'),
      { productsOf: () => products() },
      ofChannel,
    ],
    [
      'uncertain products show',
      { channel: 'eus', cpes: ['cpe:/o:x'] },
      rpm('a', '1'),
      { productsOf: () => products({ note: 'assumed' }) },
      { kind: 'applies', channel: true, note: 'assumed' },
    ],
  ];
  test.each(rows)('%s', (_, scope, feature, image, expected) => {
    expect(answer(scope, feature, image)).toEqual(expected);
  });
});

test.each<readonly [string, boolean]>([
  ['18-1.module+el9.3.0', true],
  ['18-1.module_el8', true],
  ['18-1.moduleel8', false],
  ['18-1module+el8', false],
])('%s: of a module %s', (version, module) => {
  expect(hasModuleRelease(version)).toBe(module);
});

test.each<readonly [string, boolean, PlacedFeature]>([
  ['a package of Debian', true, deb('a', '1')],
  ['a package of no known distribution', true, deb('a', '1', { namespace: null })],
  ['a package of a module', false, rpm('a', '1', { module: 'nodejs:18' })],
  ['a certified build', false, deb('a', '1+Fips1', { namespace: 'ubuntu:22.04' })],
  ['any package of Oracle', false, rpm('a', '1', { namespace: 'oracle:9' })],
  ['a package of Amazon', true, rpm('a', '1', { namespace: 'amzn:2' })],
  [
    'a package of Amazon of a known repository',
    false,
    rpm('a', '1', { namespace: 'amzn:2', repository: 'amzn2-core' }),
  ],
  ['a package of Red Hat of a known repository', true, rpm('a', '1', { repository: 'baseos' })],
])('%s is ordinary: %s', (_, expected, feature) => {
  expect(subjectOf(feature, 'source', nothingKnown).ordinary).toBe(expected);
});

test('packages with equal traits get equal answers: names and versions count for Amazon only', () => {
  const traits = (feature: PlacedFeature, of?: PackageProducts): string => scopeTraits(feature, of);
  expect(traits(rpm('a', '1'))).toBe(traits(rpm('b', '2')));
  const amazon = { namespace: 'amzn:2' };
  expect(traits(rpm('a', '1', amazon))).not.toBe(traits(rpm('b', '1', amazon)));
  expect(traits(rpm('a', '1', amazon))).not.toBe(traits(rpm('a', '2', amazon)));
  const plain = rpm('a', '1');
  const different: readonly PlacedFeature[] = [
    rpm('a', '1', { architecture: 's390x' }),
    rpm('a', '1', { module: 'm:1' }),
    rpm('a', '1.module+el9'),
    deb('a', '1+esm1', { namespace: 'ubuntu:22.04', architecture: 'x86_64' }),
    rpm('a', '1', { repository: 'baseos' }),
    deb('a', '1+Fips1', { namespace: 'ubuntu:22.04', architecture: 'x86_64' }),
  ];
  for (const one of different) expect(traits(one)).not.toBe(traits(plain));
  expect(traits(plain, products())).not.toBe(traits(plain));
  expect(traits(deb('a', '1', { namespace: null }))).toBe(traits(deb('b', '1', { namespace: null })));
});

describe('scopeChecks', () => {
  test('lists each relevant restriction, in order', () => {
    const scope = { architectures: ['s390x', 'ppc64le'], module: 'nodejs:20', channel: 'ltss', cpes: ['cpe:/o:x'] };
    expect(scopeChecks({ scope }, subjectOf(rpm('a', '1'), 'binary', nothingKnown))).toEqual([
      { member: 'architectures', passed: false, detail: 's390x, ppc64le: about another architecture' },
      { member: 'module', passed: false, detail: 'nodejs:20: about a module stream; the package is of none' },
      { member: 'cpes', passed: false, detail: 'cpe:/o:x: product of the package is not known' },
      { member: 'channel', passed: true, detail: 'ltss' },
    ]);
  });

  test('lists flavours and repositories', () => {
    const scope = { flavour: 'fips', origin: 'epel' };
    const found = scopeChecks({ scope }, subjectOf(rpm('a', '1'), 'binary', nothingKnown));
    expect(found.map(({ member, passed }) => [member, passed])).toEqual([
      ['flavour', false],
      ['origin', false],
    ]);
  });

  test('lists what a package requires of advisories that do not mention it', () => {
    const subject = subjectOf(rpm('a', '1', { module: 'nodejs:18' }), 'binary', nothingKnown);
    const said = [{ member: 'module', passed: false, detail: 'about a package of no module' }];
    expect(scopeChecks({}, subject)).toEqual(said);
    expect(scopeChecks({ scope: { architectures: [] } }, subject)).toEqual([
      { member: 'architectures', passed: true, detail: '' },
      ...said,
    ]);
  });

  test('says why a channel is only mentioned, and what a passed check is unsure about', () => {
    const unknown = withoutArchitecture(rpm('a', '1'));
    const scope = { architectures: ['x86_64'], channel: 'ltss' };
    expect(scopeChecks({ scope }, subjectOf(unknown, 'binary', nothingKnown))).toEqual([
      { member: 'architectures', passed: true, detail: 'x86_64: architecture of the package unknown' },
      { member: 'channel', passed: false, detail: 'ltss: only in channel ltss, not enabled here' },
    ]);
  });
});
