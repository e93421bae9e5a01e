import fc from 'fast-check';
import type {
  Advisory,
  AdvisoryGroup,
  AdvisoryState,
  ChangedVulnerability,
  EffectiveImage,
  Finding,
  Report,
  VulnerabilityRecord,
} from '@clarion/model';
import { epssThreshold, type TestInstallation, openTestInstallation } from '../testing/test-installation';
import { digest, imageWith, installed, says } from '../testing/images';

/**
 * Notifications match the difference of the reports. The expectation is computed from whole reports before and after an
 * update, without any use of changes, compositions or patched facts.
 */

const cves = ['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003'];
const sources = ['openssl', 'zlib', 'bash'];
// Nothing about alpine:v3.20 itself: its first advisory about a package hides advisories of a channel, which is a known
// gap.
const namespaces = ['debian:12', 'debian:12', 'debian:11', 'alpine:edge', 'rhel:9', 'pypi', 'pypi'];
const states: readonly AdvisoryState[] = ['fixed', 'affected', 'will_not_fix', 'not_affected', 'under_investigation'];

const advisory: fc.Arbitrary<Advisory> = fc
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
    advisories: fc.uniqueArray(advisory, { selector: ({ id }) => id, minLength: 1, maxLength: 3 }),
    nameKind: fc.constantFrom('source' as const, 'either' as const),
  })
  .map(({ namespace, name, advisories, nameKind }) =>
    // Packages of languages have no sources.
    says(namespace, name, advisories, { nameKind: namespace === 'pypi' ? 'binary' : nameKind }),
  );
const facts = fc.uniqueArray(group, {
  selector: ({ namespace, package: name }) => `${namespace} ${name}`,
  maxLength: 8,
});

const rated = {
  severity: fc.constantFrom('Low' as const, 'Critical' as const),
  cvss: fc.constantFrom([{ source: 'nvd', vector: 'AV:N/AC:L/Au:N/C:P/I:P/A:P', primary: true }]),
  description: fc.constantFrom('one', 'other'),
  rejected: fc.boolean(),
};
const knownExploited = fc.constant({ dateAdded: '2026-01-01', ransomware: false });
const epss = fc.record({ score: fc.constantFrom(0.1, epssThreshold) });
type Text = Omit<VulnerabilityRecord, 'feed'>;

/** Vulnerability records of one feed, which uses one kind of id for all vulnerabilities. */
function textsAbout(
  ids: readonly string[],
  model: { readonly [Key in keyof Text]?: fc.Arbitrary<Text[Key]> },
): fc.Arbitrary<readonly Text[]> {
  const one = fc.option(fc.record(model, { requiredKeys: [] }), { nil: undefined });
  return fc
    .tuple(...ids.map(() => one))
    .map((all) => all.flatMap((text, at) => (text === undefined ? [] : [{ ...text, id: ids[at]! }])));
}

// One feed has EPSS scores; EPSS and exploitation data are keyed by CVE only.
const described = textsAbout(cves, { ...rated, knownExploited });
const scored = textsAbout(cves, { ...rated, knownExploited, epss });
const aliased = textsAbout(
  cves.map((id) => id.replace('CVE', 'GHSA')),
  rated,
);

const image: fc.Arbitrary<Omit<EffectiveImage, 'image'>> = fc
  .record({
    namespace: fc.constantFrom('debian:12', 'alpine:v3.20', 'rhel:9'),
    packages: fc.array(
      fc.tuple(fc.constantFrom('', 'lib'), fc.constantFrom(...sources), fc.constantFrom('1.0-r0', '1.7-r0'), fc.nat(1)),
      { minLength: 1, maxLength: 4 },
    ),
    owned: fc.array(fc.tuple(fc.constantFrom(...sources), fc.constantFrom('1.0-r0', '1.7-r0'), fc.boolean()), {
      maxLength: 2,
    }),
    edge: fc.boolean(),
    contentSets: fc.boolean(),
  })
  .map(({ namespace, packages, owned, edge, contentSets }) => {
    // Of each distribution: else the first advisory about a package shows that it is one of the distribution (a known gap).
    const vendor = 'Red Hat, Inc. <team@tracker.debian.org>';
    const features = packages.map(([prefix, source, version, layer]) =>
      installed(namespace, `${prefix}${source} ${version} ${source}`, { vendor, layer: digest(1 + layer) }),
    );
    for (const [at, [name, version, isOwned]] of owned.entries()) {
      const path = `usr/lib/python3/${at}/METADATA`;
      // Some are owned by a package of the distribution, which may be of another source.
      const owner = isOwned ? { owner: packages[0]![0] + packages[0]![1] } : {};
      features.push(installed('pypi', `${name} ${version}`, { type: 'pypi', path, ...owner }));
    }
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

/** Compared by vulnerability, because the feeds of this test use CVE ids: `digest kind CVE`. */
function difference(name: string, before: Report, after: Report): readonly string[] {
  const sideOf = ({ findings }: Report, id: string): readonly Finding[] =>
    findings.filter((finding) => finding.id === id);
  const text = (findings: readonly Finding[]): string =>
    [
      ...new Set(
        findings.map(({ package: of, severity, fixedIn }) =>
          JSON.stringify([of.namespace, of.name, of.version, severity, fixedIn]),
        ),
      ),
      `exploited: ${findings.some(({ knownExploited }) => knownExploited !== null)}`,
      `likely: ${findings.some(({ epss }) => epss !== null && epss.score >= epssThreshold)}`,
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

interface Observed {
  readonly installation: TestInstallation;
  readonly images: readonly EffectiveImage[];
  readonly reports: readonly Report[];
}

/** Compares the events for the changes with the reports before and after them; returns the current reports. */
async function expectEvents(
  changes: readonly ChangedVulnerability[],
  { installation, images, reports }: Observed,
): Promise<readonly Report[]> {
  const transitions: string[] = [];
  for (const changed of changes) {
    for (const event of await installation.notify(changed, { epssThreshold })) {
      if (event.kind === 'image.transition')
        transitions.push(`${event.image} ${event.transition} ${event.vulnerability}`);
    }
  }
  const now = await Promise.all(images.map((one) => installation.report(one)));
  const expected = images.flatMap(({ image: { manifestDigest } }, at) =>
    difference(manifestDigest!, reports[at]!, now[at]!),
  );
  for (const [at, one] of images.entries()) {
    const composition = await compositionOf(one, installation);
    expect((await installation.store.counts([composition])).get(composition)).toMatchObject(now[at]!.summary);
  }
  expect(transitions.sort()).toEqual(expected.sort());
  return now;
}

async function compositionOf(
  { image: { manifestDigest } }: EffectiveImage,
  { store }: TestInstallation,
): Promise<string> {
  return (await store.image(manifestDigest!))?.composition ?? '';
}

const said = fc.record({ facts, texts: described });
const twice = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<[T, T]> => fc.tuple(one, one);

test('the events of an update match the difference of the reports, and counts match the reports', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        debian: twice(said),
        nvd: twice(scored),
        other: facts,
        aliasRecords: twice(aliased),
        images: fc.array(image, { minLength: 1, maxLength: 4 }),
      }),
      async ({ debian: [before, after], nvd, other, aliasRecords, images: built }) => {
        const installation = await openTestInstallation();
        try {
          await installation.update('other', other, aliasRecords[0]);
          await installation.update('nvd', [], nvd[0]);
          await installation.update('debian', before.facts, before.texts);
          const images = built.map((one, seed): EffectiveImage => ({ ...imageWith(seed, []), ...one }));
          for (const one of images) await installation.addImage(one);
          let reports: readonly Report[] = await Promise.all(images.map((one) => installation.report(one)));
          // As when an image is indexed.
          for (const [at, one] of images.entries()) {
            await installation.store.putCounts(await compositionOf(one, installation), reports[at]!.summary);
          }
          const updates = [
            () => installation.update('debian', after.facts, after.texts),
            () => installation.update('nvd', [], nvd[1]),
            () => installation.update('other', other, aliasRecords[1]),
          ];
          for (const update of updates) reports = await expectEvents(await update(), { installation, images, reports });
        } finally {
          await installation.close();
        }
      },
    ),
    { numRuns: Number(process.env['CLARION_PROPERTY_RUNS'] ?? 25) },
  );
});
