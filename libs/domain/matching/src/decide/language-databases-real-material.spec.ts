import { feedSources } from '@clarion/feed-sources';
import type { Advisory, AdvisoryGroup } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { group, rpm } from '@clarion/test-kit/match-facts';
import { packagesOfArchive } from '../../testing/packages-of-archive';
import { clusterByFlaw } from './cluster-by-flaw';
import { evaluateAll, type EvaluatedAdvisory } from '../evaluate/evaluate-advisories';
import { decideFlaw } from './decide-flaw';
import { nothingKnown } from '../scope/image-scope';
import { isOfLanguage } from './language-databases';
import type { MatchedGroup } from '../lookup/look-up';

/** One advisory, in a separate group. */
type Said = AdvisoryGroup & { readonly advisories: readonly [Advisory] };

const databaseOf = ({ advisory, id }: Advisory): string => (advisory ?? id).split('-')[0] ?? '';

/** The flaws of a package that both databases cover. */
function sharedFlaws(groups: readonly AdvisoryGroup[], own: string): readonly (readonly Said[])[] {
  const all = groups.flatMap((group) => group.advisories.map((one): Said => ({ ...group, advisories: [one] })));
  return clusterByFlaw(all, ({ advisories: [one] }) => one)
    .map(({ members }) => members)
    .filter((members) => [own, 'GHSA'].every((database) => members.some((said) => isBy(database, said))));
}

function isBy(database: string, { advisories: [one] }: Said): boolean {
  return databaseOf(one) === database && one.kind === undefined;
}

/** The versions where the answer about a flaw may change. */
function boundsOf(advisories: readonly Said[]): ReadonlySet<string> {
  const ranges = advisories.flatMap(({ advisories: [one] }) => one.ranges ?? []);
  return new Set(
    ranges
      .flatMap(({ introduced, fixed, lastAffected }) => [introduced, fixed, lastAffected])
      .filter((bound) => bound !== undefined),
  );
}

function evaluatedAt(version: string, groups: readonly AdvisoryGroup[]): readonly EvaluatedAdvisory[] {
  const matched = groups.map((group): MatchedGroup => ({
    group,
    version,
    matchedBy: 'binary',
    sameName: false,
    secondary: false,
  }));
  const feature = rpm('any', version, { namespace: groups[0]?.namespace ?? '' });
  return evaluateAll(feature, matched, { image: nothingKnown, precedence: [] });
}

/** Questions "is this version affected by this flaw" that both databases answer, by their answers. */
interface Answers {
  readonly agreed: number;
  readonly onlyOwn: number;
  readonly onlyGitHub: number;
  /** Of the answers that they disagree on: those decided as vulnerable. */
  readonly decided: number;
}

async function answersOf(ecosystem: string, file: string, own: string): Promise<Answers> {
  const counts = { agreed: 0, onlyOwn: 0, onlyGitHub: 0, decided: 0 };
  const { packages } = await packagesOfArchive('osv', { name: `${ecosystem}/all.zip`, file });
  for (const flaw of [...packages.values()].flatMap((groups) => sharedFlaws(groups, own))) {
    for (const version of boundsOf(flaw)) {
      const evaluated = evaluatedAt(version, flaw);
      const says = (database: string): boolean =>
        evaluated.some(
          ({ advisory, versionMatch }) => databaseOf(advisory) === database && versionMatch.kind === 'vulnerable',
        );
      if (says(own) === says('GHSA')) counts.agreed++;
      else {
        counts[says(own) ? 'onlyOwn' : 'onlyGitHub']++;
        if (decideFlaw(evaluated).kind === 'vulnerable') counts.decided++;
      }
    }
  }
  return counts;
}

test('every namespace of these feeds is known as a language', () => {
  const of = feedSources.filter(({ id }) => id === 'osv' || id === 'go-vulndb').flatMap(({ namespaces }) => namespaces);
  const unknown = of.filter((namespace) => {
    const [evaluated] = evaluatedAt('1', [
      group('a', [{ id: 'X-1', state: 'affected' }], { namespace, nameKind: 'binary' }),
    ]);
    return evaluated === undefined || !isOfLanguage(evaluated);
  });
  expect([of.length > 7, unknown]).toEqual([true, []]);
});

describe('databases of a language that disagree, at the bounds of their real ranges', () => {
  const folder = sharedMaterial('feeds/osv');
  if (folder === undefined) {
    it.skip('skipped: the shared test material is missing', () => undefined);
    return;
  }
  test.each<readonly [string, string, Answers]>([
    // Affected if either says so. Of 0.7.11p3, no version of PyPI, it is certain that it is older than PYSEC's 0.7.12.
    ['PyPI', 'PYSEC', { agreed: 8_589, onlyOwn: 765, onlyGitHub: 794, decided: 765 + 794 }],
    // Its own database decides.
    ['Go', 'GO', { agreed: 3_318, onlyOwn: 489, onlyGitHub: 68, decided: 489 }],
    ['crates.io', 'RUSTSEC', { agreed: 1_100, onlyOwn: 55, onlyGitHub: 28, decided: 55 }],
  ])(
    '%s: %s and GHSA',
    async (ecosystem, own, expected) => {
      expect(await answersOf(ecosystem, `${folder}/${ecosystem}/all.zip`, own)).toEqual(expected);
    },
    120_000,
  );
});
