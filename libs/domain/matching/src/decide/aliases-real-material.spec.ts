import { readFileSync } from 'node:fs';
import { comparedName, ecosystemOf } from '@clarion/ecosystems';
import { type AdvisoryGroup, isCveId, type PlacedFeature, sortedTexts } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { rpm } from '@clarion/test-kit/match-facts';
import { packagesOfArchive } from '../../testing/packages-of-archive';
import type { MatchedGroup } from '../lookup/look-up';
import { nothingKnown } from '../scope/image-scope';
import { clusterByFlaw } from './cluster-by-flaw';
import { decidePackage } from './decide-package';

/** A flaw of a package as the test material states it, independent of any scanner. */
interface StatedMatch {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  /** All ids of the flaw, and those that findings have. */
  readonly ids: readonly string[];
  readonly canonical: readonly string[];
  readonly fixed: readonly string[];
}

const images = ['python', 'node', 'java', 'go', 'rust', 'misc', 'runtimes', 'layers'];
const expected = sharedMaterial('conformance/packagedb/languages/expected');
const feeds = sharedMaterial('feeds/osv');

/** By ecosystem of OSV: the archives that speak about it. */
const archives: readonly (readonly [string, readonly (readonly [feed: string, name: string, path: string])[]])[] = [
  ['pypi', [['osv', 'PyPI/all.zip', 'PyPI/all.zip']]],
  ['npm', [['osv', 'npm/all.zip', 'npm/all.zip']]],
  ['maven', [['osv', 'Maven/all.zip', 'Maven/all.zip']]],
  [
    'golang',
    [
      ['osv', 'Go/all.zip', 'Go/all.zip'],
      ['go-vulndb', 'vulndb.zip', 'Go-vuln.go.dev-2026-08-21/all.zip'],
    ],
  ],
  ['cargo', [['osv', 'crates.io/all.zip', 'crates.io/all.zip']]],
  ['gem', [['osv', 'RubyGems/all.zip', 'RubyGems/all.zip']]],
  ['composer', [['osv', 'Packagist/all.zip', 'Packagist/all.zip']]],
  ['nuget', [['osv', 'NuGet/all.zip', 'NuGet/all.zip']]],
];

function statedMatches(folder: string): readonly StatedMatch[] {
  return images.flatMap((image) => {
    const text = readFileSync(`${folder}/${image}.matches.json`, 'utf8');
    return JSON.parse(text) as readonly StatedMatch[];
  });
}

function installed({ type, name, version }: StatedMatch): PlacedFeature {
  return rpm(name, version, { type, namespace: ecosystemOf(type)?.namespace ?? null });
}

/** The flaws of a package: id, other ids, fixed version. */
function flawsOf(match: StatedMatch, groups: readonly AdvisoryGroup[]) {
  const matched = groups.map((group): MatchedGroup => ({
    ...{ group, version: match.version, matchedBy: 'binary', sameName: false, secondary: false },
  }));
  return decidePackage(installed(match), matched, { image: nothingKnown, precedence: [] }).flaws;
}

if (expected === undefined || feeds === undefined) {
  it.skip('skipped: the shared test material is missing', () => undefined);
} else {
  const stated = statedMatches(expected);

  describe.each(archives)('one flaw is one finding in %s', (type, files) => {
    const packages: AdvisoryGroup[] = [];

    beforeAll(async () => {
      const names = new Set(stated.filter((one) => one.type === type).map(({ name }) => comparedName(type, name)));
      for (const [feed, name, path] of files) {
        const { packages: all, withdrawn } = await packagesOfArchive(feed, { name, file: `${feeds}/${path}` });
        for (const [of, groups] of all) {
          if (names.has(of)) packages.push(...groups);
          expectNoMergedCves(groups);
          // A withdrawn record finds nothing, and joins nothing.
          const records = groups.flatMap(({ advisories }) => advisories.map(({ id, advisory = id }) => advisory));
          expect(records.filter((id) => withdrawn.has(id))).toEqual([]);
        }
      }
    }, 120_000);

    const versions = new Map(
      stated.filter((one) => one.type === type).map((one) => [`${one.name} ${one.version}`, one] as const),
    );

    it('of each package of the images, with its canonical id and all others', () => {
      expect(versions.size).toBeGreaterThan(0);
      for (const [of, match] of versions) {
        const about = stated.filter(
          ({ type: its, name, version }) => its === type && name === match.name && version === match.version,
        );
        const flaws = flawsOf(
          match,
          packages.filter(({ package: name }) => name === comparedName(type, match.name)),
        );
        const found = flaws.map(({ cluster, fixedIn }) => `${of}: ${cluster.id} ${fixedIn ?? '-'}`);
        const wanted = about.flatMap(({ canonical, fixed }) =>
          canonical.flatMap((id) => (fixed.length < 2 ? `${of}: ${id} ${fixed[0] ?? '-'}` : [])),
        );
        expect(new Set(found).size).toBe(found.length);
        expect(found).toEqual(expect.arrayContaining(sortedTexts(wanted)));
        expect(sortedTexts(flaws.map(({ cluster }) => cluster.id))).toEqual(
          sortedTexts(about.flatMap(({ canonical }) => canonical)),
        );
        for (const { cluster } of flaws) {
          const of = about.find(({ canonical }) => canonical.includes(cluster.id));
          // Other ids of a record with two CVEs mention both: they are the name of neither.
          if (of?.canonical.length === 1)
            expect([cluster.id, ...cluster.aliases]).toEqual(expect.arrayContaining([...of.ids]));
        }
      }
    });
  });
}

/** In no package of the whole archive do aliases merge two CVEs. */
function expectNoMergedCves(groups: readonly AdvisoryGroup[]): void {
  const all = groups.flatMap(({ advisories }) => advisories);
  const merged = clusterByFlaw(all, (one) => one).filter(
    ({ id, aliases }) => [id, ...aliases].filter(isCveId).length > 1,
  );
  expect(merged).toEqual([]);
}
