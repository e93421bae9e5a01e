import type { FeedState, MissingDocument, PlacedFeature, Report } from '@clarion/model';
import { apk, factsOf, imageOf, options, rpm, stateOf } from '@clarion/test-kit/match-facts';
import type { FeedInfo } from '@clarion/matching';
import { makeReport } from '../make-report';

const feeds: readonly FeedInfo[] = [
  { id: 'vendor', namespaces: ['alpine:*', 'amzn:2', 'amzn:2023', 'opensuse-leap:*', 'sles:*'], refreshMinutes: 60 },
  { id: 'nvd', namespaces: [], rates: true, refreshMinutes: 60 },
];

interface Lack {
  readonly feature?: PlacedFeature;
  readonly missing: readonly MissingDocument[];
  readonly of?: string;
  readonly state?: Partial<FeedState>;
  /** Repositories that are enabled in the image. */
  readonly enabled?: readonly string[];
}

function reportOf({ feature = apk('a', '1'), missing, of = 'vendor', state, enabled = [] }: Lack): Promise<Report> {
  const { namespace } = feature;
  const lacking = { missing, ...state };
  const states = [stateOf('vendor', namespace === null ? [] : [namespace]), stateOf('nvd', [])].map((one) =>
    one.feed === of ? { ...one, ...lacking } : one,
  );
  const evidence = enabled.map((value) => ({ kind: 'repository' as const, value, path: 'etc/yum', layer: 'sha256:1' }));
  return makeReport(imageOf([feature], { evidence }), factsOf([], { states }), { ...options, feeds });
}

const reason = (names: string, them = 'it'): string =>
  `vendor is partial: ${names}; run clarion update vendor with a mirror that has ${them}`;
const community: MissingDocument = { name: 'v3.20/community.json', namespaces: ['alpine:v3.20'] };
const topic: MissingDocument = { name: '2/extras/nginx1', namespaces: ['amzn:2'], origin: 'amzn2extra-nginx1' };
const livepatch: MissingDocument = { name: 'livepatch', namespaces: ['amzn:2023'], origin: 'kernel-livepatch' };
const nvidia: MissingDocument = { name: '2023/nvidia', namespaces: ['amzn:2023'], origin: 'nvidia' };
const leap = rpm('a', '1', { namespace: 'opensuse-leap:15.5' });
const amazon2 = rpm('a', '1', { namespace: 'amzn:2' });
const amazon2023 = rpm('a', '1', { namespace: 'amzn:2023' });
const from = (feature: PlacedFeature, repository: string): PlacedFeature => ({ ...feature, repository });

describe('a feed that lacks documents', () => {
  test.each<[string, Lack, string]>([
    ['about all that it speaks of', { missing: [{ name: 'vex' }] }, reason('1 document is not there (vex)')],
    ['about the release', { missing: [community] }, reason('1 document is not there (v3.20/community.json)')],
    [
      'about any release',
      { missing: [{ name: 'a', namespaces: ['alpine:*'] }, { name: 'b' }] },
      reason('2 documents are not there (a, b)', 'them'),
    ],
    [
      'about the release that packages are taken from',
      { feature: leap, missing: [{ name: 'sle', namespaces: ['sles:15.5'] }] },
      reason('1 document is not there (sle)'),
    ],
    [
      'about a repository that a package is from',
      { feature: from(amazon2, 'amzn2extra-nginx1'), missing: [topic] },
      reason('1 document is not there (2/extras/nginx1)'),
    ],
    [
      'about a repository that is enabled',
      { feature: amazon2, missing: [topic], enabled: ['amzn2extra-nginx1'] },
      reason('1 document is not there (2/extras/nginx1)'),
    ],
    [
      'about a repository, where packages may be from any',
      { feature: amazon2, missing: [topic] },
      reason('1 document is not there (2/extras/nginx1)'),
    ],
    [
      'about the architecture of a package',
      { feature: amazon2, missing: [{ name: 'core', architecture: 'x86_64' }] },
      reason('1 document is not there (core)'),
    ],
    [
      'about an architecture, where packages are of none',
      { feature: { ...amazon2, architecture: 'noarch' }, missing: [{ name: 'core', architecture: 'aarch64' }] },
      reason('1 document is not there (core)'),
    ],
    [
      'about packages of NVIDIA, with one installed',
      { feature: rpm('kmod-nvidia', '1', { namespace: 'amzn:2023' }), missing: [nvidia] },
      reason('1 document is not there (2023/nvidia)'),
    ],
    [
      'about live patches, with one installed',
      { feature: rpm('kernel-livepatch-6.1', '1', { namespace: 'amzn:2023' }), missing: [livepatch] },
      reason('1 document is not there (livepatch)'),
    ],
  ])('%s covers it in part only', async (_, lack, why) => {
    const report = await reportOf(lack);
    const [namespace] = report.coverage.namespaces;
    expect(namespace?.partial).toMatchObject([{ feed: 'vendor', reason: why }]);
    expect(report.coverage.complete).toBe(false);
  });

  test.each<[string, Lack]>([
    ['about another release', { missing: [{ ...community, namespaces: ['alpine:v3.18'] }] }],
    ['that would only take findings away', { missing: [{ name: 'rejections/main.yaml', onlyRemoves: true }] }],
    ['about vulnerabilities', { missing: [{ name: 'nvdcve-2.0-2023.json', ids: ['CVE-2023-'] }], of: 'nvd' }],
    ['about a repository that no package is from', { feature: from(amazon2, 'amzn2-core'), missing: [topic] }],
    ['about one that is not enabled', { feature: amazon2, missing: [topic], enabled: ['amzn2extra-docker'] }],
    ['about another architecture', { feature: amazon2, missing: [{ name: 'core', architecture: 'aarch64' }] }],
    ['about live patches, without any', { feature: amazon2023, missing: [livepatch] }],
    ['about packages of NVIDIA, without any', { feature: amazon2023, missing: [nvidia] }],
    ['of which nothing is there', { missing: [] }],
  ])('%s covers the rest as before', async (_, lack) => {
    const report = await reportOf(lack);
    expect(report.coverage.namespaces[0]).not.toHaveProperty('partial');
    expect(report.coverage.complete).toBe(true);
  });

  test('and was never loaded is not called partial', async () => {
    const { coverage } = await reportOf({ missing: [{ name: 'vex' }], state: { lastSuccess: undefined } as never });
    expect(coverage.namespaces[0]).not.toHaveProperty('partial');
    expect(coverage.complete).toBe(false);
  });
});
