import { encodeLinkedFunctions } from '@clarion/ecosystems';
import type { Advisory, AdvisoryGroup } from '@clarion/model';
import { group, rpm } from '@clarion/test-kit/match-facts';
import { nothingKnown } from '../scope/image-scope';
import { decidePackage } from './decide-package';

const linkedFunctions = encodeLinkedFunctions({ os: 'linux', architecture: 'amd64' }, [['', ['New']]]);
const program = rpm('a.b/c', '1.0.0', { type: 'golang', namespace: 'go', linkedFunctions });
const stripped = rpm('a.b/c', '1.0.0', { type: 'golang', namespace: 'go' });

/** CVE-2024-1000 in one record; `functions` are those with the flaw. */
function record(id: string, functions?: readonly string[], more: Partial<Advisory> = {}): Advisory {
  const imports = functions === undefined ? {} : { imports: [{ path: 'a.b/c', functions }] };
  return { id: 'CVE-2024-1000', advisory: id, state: 'fixed', ranges: [{ fixed: '1.2.0' }], ...imports, ...more };
}
const absent = record('GO-2024-0001', ['Open']);
const present = record('GO-2024-0002', ['New'], { ranges: [{ fixed: '1.3.0' }] });
const ghsa = record('GHSA-aaaa-bbbb-cccc', undefined, { ranges: [{ fixed: '1.4.0' }] });

function decide(feature: typeof program, advisories: readonly Advisory[], own: readonly AdvisoryGroup[] = []) {
  const of = { namespace: 'go', scheme: 'go', nameKind: 'binary', feed: 'go-vulndb' } as const;
  const matched = [group('a.b/c', advisories, of), ...own].map((one) => ({
    ...{ group: one, version: feature.version, sameName: false, secondary: false },
    matchedBy: 'binary' as const,
  }));
  const { flaws, suppressed, undecidable } = decidePackage(feature, matched, {
    image: nothingKnown,
    precedence: ['own'],
  });
  return {
    flaws: flaws.map(({ fixedIn }) => fixedIn),
    suppressed: suppressed.map(({ flaw, suppression: { kind, id } }) => [flaw.fixedIn, kind, id]),
    open: undecidable.length,
  };
}

const none = { flaws: [], suppressed: [], open: 0 };
const byProgram = (fix: string) => ({ ...none, suppressed: [[fix, 'program', 'go-vulndb']] });

describe('a flaw in functions of a module', () => {
  test.each<
    [what: string, feature: typeof program, advisories: readonly Advisory[], decided: ReturnType<typeof decide>]
  >([
    ['that the program links', program, [present], { ...none, flaws: ['1.3.0'] }],
    ['that it does not link', program, [absent], byProgram('1.2.0')],
    ['that a stripped program may link', stripped, [absent], { ...none, flaws: ['1.2.0'] }],
    ['that GitHub does not name: the database of Go decides', program, [absent, ghsa], byProgram('1.2.0')],
    ['that no database of Go names', program, [ghsa], { ...none, flaws: ['1.4.0'] }],
    ['of which one record names another that it links', program, [absent, present], { ...none, flaws: ['1.3.0'] }],
    ['of which one record names none', program, [absent, record('GO-2024-0003')], { ...none, flaws: ['1.2.0'] }],
    ['of other versions', program, [record('GO-2024-0001', ['Open'], { ranges: [{ fixed: '0.9.0' }] })], none],
    [
      'where ranges of one record have different functions',
      program,
      [absent, record('GO-2024-0001', ['New'], { ranges: [{ introduced: '2.0.0', fixed: '2.1.0' }] })],
      byProgram('1.2.0'),
    ],
    [
      'where one has the fix, and the other is about functions that it does not link',
      program,
      [absent, record('GO-2024-0001', ['New'], { ranges: [{ fixed: '0.9.0' }] })],
      byProgram('1.2.0'),
    ],
  ])('%s', (_, feature, advisories, decided) => {
    expect(decide(feature, advisories)).toEqual(decided);
    expect(decide(feature, advisories.toReversed())).toEqual(decided);
  });

  test('is what own data says, whatever the program links', () => {
    const own = group('a.b/c', [{ id: 'CVE-2024-1000', state: 'affected' }], {
      namespace: 'go',
      scheme: 'go',
      feed: 'own',
    });
    const own2 = { ...own, nameKind: 'binary' as const };
    expect(decide(program, [absent], [own2])).toEqual({ ...none, flaws: [null] });
    const notAffected = { ...own2, advisories: [{ id: 'CVE-2024-1000', state: 'not_affected' as const }] };
    expect(decide(program, [absent], [notAffected])).toEqual(none);
    expect(decide(program, [present], [notAffected])).toEqual({ ...none, suppressed: [['1.3.0', 'own-data', 'own']] });
  });
});
