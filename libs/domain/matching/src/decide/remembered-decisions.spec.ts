import fc from 'fast-check';
import type { AdvisoryGroup, PlacedFeature } from '@clarion/model';
import { base, deb, factsOf, fixed, group, imageOf, namespaceOf, options, rpm } from '@clarion/test-kit/match-facts';
import { decideAll } from './decide-all';
import type { DecidedPackage } from './decide-package';

const feeds = [...options.feeds, { id: 'feed', namespaces: ['*'], refreshMinutes: 60 }];
const scopes = [
  undefined,
  { architectures: ['x86_64'] },
  { architectures: ['src'] },
  { module: 'nodejs:18' },
  { channel: 'esm-infra' },
  { flavour: 'fips' },
];
const of = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const advisories = fc.array(
  fc.record({
    id: of('CVE-1', 'CVE-2', 'CVE-3'),
    version: of('1.5', '2.0', '3.0'),
    scope: of(...scopes),
    isOpen: fc.boolean(),
  }),
  { minLength: 1, maxLength: 4 },
);
const anyGroup: fc.Arbitrary<AdvisoryGroup> = fc
  .record({
    namespace: of('debian:12', 'rhel:9', 'ubuntu:22.04'),
    name: of('a', 'b'),
    nameKind: of<AdvisoryGroup['nameKind']>('source', 'binary', 'either'),
    document: of('x', 'y'),
    advisories,
  })
  .map(({ namespace, name, nameKind, document, advisories: stated }) => {
    const scheme = namespace === 'rhel:9' ? 'rpm' : 'dpkg';
    const all = stated.map(({ id, version, scope, isOpen }) => {
      const more = scope === undefined ? {} : { scope };
      return isOpen ? ({ id, state: 'affected', ...more } as const) : fixed(id, version, more);
    });
    return group(name, all, { namespace, scheme, nameKind, document, feed: 'feed' });
  });

const anyPackage: fc.Arbitrary<PlacedFeature> = fc
  .record({
    namespace: of('debian:12', 'rhel:9', 'rocky:9', 'centos-stream:9', 'ubuntu:22.04'),
    name: of('a', 'b', 'a-fips'),
    source: of('a', 'b', undefined),
    version: of('1.0', '2.0', '2.0+esm1', '2.0+fips1'),
    architecture: of('amd64', 'x86_64', 'arm64', undefined),
    module: of('nodejs:18', undefined),
    repository: of('baseos', undefined),
  })
  .map(({ namespace, name, version, source, ...rest }) => {
    const more = JSON.parse(JSON.stringify(rest)) as Partial<PlacedFeature>;
    const isDebian = /^(?:debian|ubuntu)/.test(namespace);
    const origin = source === undefined ? {} : { source: { name: source, version } };
    return (isDebian ? deb : rpm)(name, version, { namespace, ...more, ...origin });
  });

const anyImage = fc
  .record({ features: fc.array(anyPackage, { minLength: 1, maxLength: 5 }), service: of('esm-infra', undefined) })
  .map(({ features, service }) =>
    imageOf(features, {
      namespaces: [...new Set(features.map(({ namespace }) => namespace ?? ''))].map((id) => namespaceOf(id)),
      evidence: service === undefined ? [] : [{ kind: 'service', value: service, path: 'etc/x', layer: base }],
    }),
  );

test('decisions of earlier images are those that would be made now', async () => {
  let remembered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyGroup, { minLength: 1, maxLength: 8 }),
      fc.array(anyGroup, { maxLength: 2 }),
      fc.array(anyImage, { minLength: 2, maxLength: 5 }),
      async (before, changed, images) => {
        const cache = new Map<string, DecidedPackage>();
        const decisions = {
          get: (key: string) => {
            const known = cache.get(key);
            if (known !== undefined) remembered += 1;
            return known;
          },
          set: (key: string, decided: DecidedPackage) => void cache.set(key, decided),
        };
        // Groups that an update leaves as they are stay the same objects.
        for (const groups of [before, [...before.slice(changed.length), ...changed]]) {
          const facts = factsOf(groups);
          for (const image of images) {
            const settings = { ...options, feeds };
            const fresh = await decideAll(image, facts, settings);
            expect(await decideAll(image, facts, { ...settings, decisions })).toEqual(fresh);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(remembered).toBeGreaterThan(100);
});
