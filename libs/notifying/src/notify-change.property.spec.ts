import fc from 'fast-check';
import type { Advisory, AdvisoryGroup, AdvisoryState, EffectiveImage, Finding, Report } from '@clarion/model';
import { openHouse } from './testdata/house';
import { digest, imageWith, installed, says } from './testdata/images';

/**
 * Notifications say what the difference of the reports says. The expectation is computed from whole reports before and
 * after an update, and knows nothing of changes, compositions or patched facts.
 */

const cves = ['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003'];
const sources = ['openssl', 'zlib', 'bash'];
// Nothing about alpine:v3.20 itself: what its first statement about a package hides of a channel's is a known gap.
const namespaces = ['debian:12', 'debian:11', 'alpine:edge', 'rhel:9'];
const states: readonly AdvisoryState[] = ['fixed', 'affected', 'will_not_fix', 'not_affected', 'under_investigation'];

const statement: fc.Arbitrary<Advisory> = fc
  .record({
    id: fc.constantFrom(...cves),
    state: fc.constantFrom(...states),
    fix: fc.constantFrom('1.0-r0', '1.5-r0', '2.0-r0'),
    severity: fc.constantFrom('Low' as const, 'High' as const, undefined),
    alias: fc.boolean(),
    cpe: fc.boolean(),
  })
  .map(({ id, state, fix, severity, alias, cpe }) => ({
    id,
    state,
    ...(state === 'fixed' ? { ranges: [{ fixed: fix }] } : {}),
    ...(severity === undefined ? {} : { severity }),
    ...(alias ? { aliases: [id.replace('CVE', 'GHSA')] } : {}),
    ...(cpe ? { scope: { cpes: ['cpe:/o:redhat:enterprise_linux:9::baseos'] } } : {}),
  }));
const group: fc.Arbitrary<AdvisoryGroup> = fc
  .record({
    namespace: fc.constantFrom(...namespaces),
    name: fc.constantFrom(...sources),
    advisories: fc.uniqueArray(statement, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
    nameKind: fc.constantFrom('source' as const, 'either' as const),
  })
  .map(({ namespace, name, advisories, nameKind }) => says(namespace, name, advisories, { nameKind }));
const facts = fc.uniqueArray(group, {
  selector: ({ namespace, package: name }) => `${namespace} ${name}`,
  maxLength: 8,
});

const image: fc.Arbitrary<Omit<EffectiveImage, 'image'>> = fc
  .record({
    namespace: fc.constantFrom('debian:12', 'alpine:v3.20', 'rhel:9'),
    packages: fc.array(
      fc.tuple(fc.constantFrom('', 'lib'), fc.constantFrom(...sources), fc.constantFrom('1.0-r0', '1.7-r0'), fc.nat(1)),
      { minLength: 1, maxLength: 4 },
    ),
    edge: fc.boolean(),
    contentSets: fc.boolean(),
  })
  .map(({ namespace, packages, edge, contentSets }) => {
    const features = packages.map(([prefix, source, version, layer]) =>
      installed(namespace, `${prefix}${source} ${version} ${source}`, { layer: digest(1 + layer) }),
    );
    const { image: _, ...rest } = imageWith(0, features);
    const isAlpine = namespace === 'alpine:v3.20';
    return {
      ...rest,
      layers: [digest(1), digest(2)],
      channels: edge && isAlpine ? [{ id: 'alpine:edge', packageType: 'apk', path: 'etc/apk', layer: digest(1) }] : [],
      evidence: contentSets
        ? [{ kind: 'content-set', value: 'other-repository', path: 'root/buildinfo', layer: digest(2) }]
        : [],
    };
  });

/** Flaw by flaw, since feeds of this test name each flaw by its CVE: `digest kind CVE`. */
function difference(name: string, before: Report, after: Report): readonly string[] {
  const sideOf = ({ findings }: Report, id: string): readonly Finding[] =>
    findings.filter((finding) => finding.id === id);
  const text = (findings: readonly Finding[]): string =>
    [
      ...new Set(
        findings.map(({ package: of, severity, fixedIn }) => JSON.stringify([of.name, of.version, severity, fixedIn])),
      ),
    ]
      .sort()
      .join();
  return cves.flatMap((id) => {
    const [was, is] = [sideOf(before, id), sideOf(after, id)];
    if (was.length === 0 && is.length === 0) return [];
    if (was.length === 0) return [`${name} affected ${id}`];
    if (is.length === 0) return [`${name} cleared ${id}`];
    return text(was) === text(is) ? [] : [`${name} changed ${id}`];
  });
}

test('the news of an update are the difference of the reports, and counts are those of the reports', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ other: facts, before: facts, after: facts, images: fc.array(image, { minLength: 1, maxLength: 4 }) }),
      async ({ other, before, after, images: described }) => {
        const house = await openHouse();
        try {
          await house.update('other', other);
          await house.update('debian', before);
          const images = described.map((one, seed): EffectiveImage => ({ ...imageWith(seed, []), ...one }));
          for (const one of images) await house.addImage(one);
          const reports = await Promise.all(images.map((one) => house.report(one)));
          const compositionOf = async ({ image: { manifestDigest } }: EffectiveImage): Promise<string> =>
            (await house.store.image(manifestDigest!))?.composition ?? '';
          // As they are when an image is indexed.
          for (const [at, one] of images.entries()) {
            await house.store.putCounts(await compositionOf(one), reports[at]!.summary);
          }
          const told: string[] = [];
          for (const changed of await house.update('debian', after)) {
            for (const news of await house.notify(changed)) {
              if (news.kind === 'image.transition') told.push(`${news.image} ${news.transition} ${news.vulnerability}`);
            }
          }
          const expected: string[] = [];
          for (const [at, one] of images.entries()) {
            const report = await house.report(one);
            const lines = difference(one.image.manifestDigest!, reports[at]!, report);
            expected.push(...lines);
            const composition = await compositionOf(one);
            expect((await house.store.counts([composition])).get(composition)).toEqual(report.summary);
          }
          expect(told.sort()).toEqual(expected.sort());
        } finally {
          await house.close();
        }
      },
    ),
    { numRuns: Number(process.env['CLARION_PROPERTY_RUNS'] ?? 25) },
  );
});
