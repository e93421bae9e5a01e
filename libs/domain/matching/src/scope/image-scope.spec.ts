import type { EffectiveImage } from '@clarion/model';
import { base, deb, factsOf, imageOf, namespaceOf, rpm } from '@clarion/test-kit/match-facts';
import { imageScope, nothingKnown } from './image-scope';

const facts = factsOf([]);
const evidence: EffectiveImage['evidence'] = (
  [
    ['service', 'esm-infra'],
    ['service', 'fips'],
    ['product', 'SLES-LTSS'],
    ['repository', 'amzn2extra-nginx1'],
    ['content-set', 'ubi-9-baseos-rpms'],
  ] as const
).map(([kind, value]) => ({ kind, value, path: 'etc/x', layer: base }));

test('every kind of evidence is kept apart; products are names without case', async () => {
  const scope = await imageScope(imageOf([deb('a', '1')], { evidence }), facts, {});
  expect([...scope.services]).toEqual(['esm-infra', 'fips']);
  expect([...scope.products]).toEqual(['sles-ltss']);
  expect([...scope.repositories]).toEqual(['amzn2extra-nginx1']);
});

test('an image without evidence has an empty scope', async () => {
  const { productsOf, ...scope } = await imageScope(imageOf([deb('a', '1')]), facts, {});
  const { productsOf: none, ...nothing } = nothingKnown;
  const empty = { services: new Set(), products: new Set(), repositories: new Set() };
  expect(scope).toEqual({ ...empty, repositoriesKnown: false, supportChannels: 'auto' });
  expect(nothing).toEqual(scope);
  expect([productsOf(deb('a', '1')), none(rpm('a', '1'))]).toEqual([undefined, undefined]);
});

test('products come from the facts of Red Hat', async () => {
  const image = imageOf([rpm('a', '1')], { namespaces: [namespaceOf('rhel:9', 'rpm')] });
  const { productsOf } = await imageScope(image, facts, {});
  expect(productsOf(rpm('a', '1'))?.coveredBy(['cpe:/o:redhat:enterprise_linux:9'])).toBe(true);
});

test.each([
  ['of no package', [rpm('a', '1'), rpm('b', '1')], false],
  ['of one package', [rpm('a', '1'), rpm('b', '1', { repository: 'amzn2-core' })], true],
] as const)('where packages came from is known %s', async (_, features, expected) => {
  expect((await imageScope(imageOf(features), facts, {})).repositoriesKnown).toBe(expected);
});

test.each(['auto', 'always', 'never'] as const)('support channels: %s', async (supportChannels) => {
  expect((await imageScope(imageOf([]), facts, { supportChannels })).supportChannels).toBe(supportChannels);
});
