import { osvGroups } from './osv-groups';
import { readOsvRecord } from './osv-record';

/** Entries of a record for packages `name@events`. */
function groupsOf(entries: readonly (readonly [name: string, events: readonly object[], rating?: string])[]): unknown {
  const record = readOsvRecord(
    {
      id: 'GHSA-1',
      affected: entries.map(([name, events, severity]) => ({
        package: { ecosystem: 'PyPI', name },
        ranges: [{ type: 'ECOSYSTEM', events }],
        ...(severity === undefined ? {} : { database_specific: { severity } }),
      })),
    },
    { feed: 'osv', subject: 'flaw', rulesOf: () => ({ namespace: 'pypi', nameKind: 'binary', scheme: 'pep440' }) },
  );
  return osvGroups(record?.advisories ?? [], { feed: 'osv', document: 'PyPI/all.zip' }).map((group) => [
    group.package,
    group.advisories.map(({ state, ranges }) => [state, ranges]),
  ]);
}

describe('groups of one OSV record', () => {
  it('merge the entries of a package that differ only in their versions', () => {
    expect(
      groupsOf([
        ['django', [{ introduced: '1.11' }, { last_affected: '1.11.9' }]],
        ['flask', [{ introduced: '0' }]],
        ['django', [{ introduced: '2.1' }, { fixed: '2.1.11' }]],
      ]),
    ).toEqual([
      [
        'django',
        [
          [
            'fixed',
            [
              { introduced: '1.11', lastAffected: '1.11.9' },
              { introduced: '2.1', fixed: '2.1.11' },
            ],
          ],
        ],
      ],
      ['flask', [['affected', [{}]]]],
    ]);
  });

  it('keep entries with other differences separate', () => {
    const zero = [{ introduced: '0' }];
    expect(
      groupsOf([
        ['django', zero, 'LOW'],
        ['django', zero, 'HIGH'],
      ]),
    ).toEqual([
      [
        'django',
        [
          ['affected', [{}]],
          ['affected', [{}]],
        ],
      ],
    ]);
  });
});
