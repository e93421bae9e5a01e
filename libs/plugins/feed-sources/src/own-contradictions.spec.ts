import { checkContradictions } from './own-contradictions';

const entry = (name: string, state: string | undefined, more: object = {}): object => ({
  package: { ecosystem: 'PyPI', name },
  database_specific: { state },
  ...more,
});
const range = { ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }] };

describe('entries for one package', () => {
  it.each<[what: string, affected: readonly unknown[], wrong: readonly number[]]>([
    ['a state beside a range', [entry('a', 'not_affected'), entry('a', undefined, range)], [0]],
    ['a state after versions', [entry('a', undefined, { versions: ['1'] }), entry('a', 'not_affected')], [1]],
    ['another spelling', [entry('a-b', undefined, range), entry('A_B', 'not_affected')], [1]],
    ['two states', [entry('a', 'fixed'), entry('a', 'not_affected')], [0]],
    ['a state beside commits', [entry('a', 'fixed', { ranges: [{ type: 'GIT' }] }), entry('a', undefined, range)], [0]],
    ['one state twice', [entry('a', 'fixed'), entry('a', 'fixed')], []],
    ['two ranges', [entry('a', undefined, range), entry('a', 'not_affected', { versions: ['1'] })], []],
    ['another package', [entry('a', 'fixed'), entry('b', undefined, range)], []],
    ['what is not an entry', [7, null, {}, { package: 'a' }], []],
  ])('%s', (_, affected, wrong) => {
    expect([...checkContradictions(affected)].map(({ path }) => path[1])).toEqual(wrong);
  });
});
