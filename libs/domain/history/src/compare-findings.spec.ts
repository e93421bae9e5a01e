import type { PlacedFeature } from '@clarion/model';
import { makeReport } from '@clarion/reporting';
import { base, deb, factsOf, fixed, group, imageOf, options, top } from '@clarion/test-kit/match-facts';
import { baseLayers, type ComparedSide, compareFindings } from './compare-findings';

const groups = [
  group('openssl', [
    fixed('CVE-2025-0001', '2.0', { severity: 'Low' }),
    fixed('CVE-2025-0002', '3.0', { severity: 'High' }),
  ]),
  group('zlib', [fixed('CVE-2025-0003', '2.0', { severity: 'High' })]),
];

async function side(
  features: readonly PlacedFeature[],
  more: { readonly digest?: string; readonly known?: typeof groups } = {},
): Promise<ComparedSide> {
  const { digest = 'sha256:1', known = groups } = more;
  const image = imageOf(features);
  const { findings } = await makeReport(image, factsOf(known), options);
  return { digest, findings, features, base: baseLayers(image) };
}

const lines = (a: ComparedSide, b: ComparedSide): readonly string[] =>
  compareFindings(a, b).map(({ change, cause, place, changed, finding: { id, package: of }, before }) =>
    [
      ...[change, cause ?? '-', place, id, of.name],
      ...(before === null ? [] : [before.package.version, of.version]),
      ...changed,
    ].join(' '),
  );

describe('two sets of findings', () => {
  test('of an image and its successor: packages are upgraded, removed and added', async () => {
    const a = await side([deb('openssl', '1.0'), deb('zlib', '1.0')]);
    const b = await side([deb('openssl', '2.0', { layer: top })], { digest: 'sha256:2' });
    expect(lines(a, b)).toEqual([
      'changed package application CVE-2025-0002 openssl 1.0 2.0 package',
      'gone package base CVE-2025-0003 zlib',
      'gone package base CVE-2025-0001 openssl',
    ]);
    expect(lines(b, a)).toEqual([
      'added package base CVE-2025-0003 zlib',
      'added package base CVE-2025-0001 openssl',
      'changed package base CVE-2025-0002 openssl 2.0 1.0 package',
    ]);
  });

  test('of one image at two times: only data can differ, or what detectors found', async () => {
    const a = await side([deb('openssl', '1.0')], { known: [group('openssl', [fixed('CVE-2025-0001', '2.0')])] });
    const b = await side([deb('openssl', '1.0'), deb('zlib', '1.0')]);
    expect(lines(a, b)).toEqual([
      'added data base CVE-2025-0002 openssl',
      'added detector base CVE-2025-0003 zlib',
      'changed data base CVE-2025-0001 openssl 1.0 1.0 severity',
    ]);
    expect(lines(b, b)).toEqual([
      'unchanged - base CVE-2025-0002 openssl 1.0 1.0',
      'unchanged - base CVE-2025-0003 zlib 1.0 1.0',
      'unchanged - base CVE-2025-0001 openssl 1.0 1.0',
    ]);
  });

  test('a package that other detectors read differently in the same image', async () => {
    const known = [group('openssl', [fixed('CVE-2025-0001', '2.0')])];
    const [a, b] = [await side([deb('openssl', '1.0')], { known }), await side([deb('openssl', '1.1')], { known })];
    expect(lines(a, b)).toEqual(['changed detector base CVE-2025-0001 openssl 1.0 1.1 package']);
  });

  test('a flaw that got another id is in both', async () => {
    const said = (id: string, ...aliases: readonly string[]) => ({
      known: [group('openssl', [fixed(id, '2.0', { aliases })])],
    });
    const a = await side([deb('openssl', '1.0')], said('GHSA-1'));
    const b = await side([deb('openssl', '1.0')], said('CVE-2025-0001', 'GHSA-1'));
    expect(lines(a, b)).toEqual(['changed data base CVE-2025-0001 openssl 1.0 1.0 id']);
    expect(lines(b, a)).toEqual(['changed data base GHSA-1 openssl 1.0 1.0 id']);
  });

  test('copies of a package are known by their paths', async () => {
    const copy = (path: string) => deb('openssl', '1.0', { path });
    const known = [group('openssl', [fixed('CVE-2025-0001', '2.0')])];
    const a = await side([copy('a'), copy('b')], { known });
    const b = await side([copy('b'), copy('c'), copy('d')], { known });
    const compared = compareFindings(a, b);
    expect(compared.map(({ change, finding, before }) => [change, finding.package.path, before?.package.path])).toEqual(
      [
        ['added', 'd', undefined],
        ['unchanged', 'b', 'b'],
        ['unchanged', 'c', 'a'],
      ],
    );
  });
});

test('the base of an image', () => {
  const image = imageOf([deb('a', '1', { layer: top })]);
  expect([...baseLayers(image)]).toEqual([base]);
  expect([...baseLayers({ ...image, namespaces: [] })]).toEqual([]);
  expect([...baseLayers(image, [base, top, 'sha256:x'])]).toEqual([base, top]);
  expect([...baseLayers(image, ['sha256:x'])]).toEqual([]);
});
