import fc from 'fast-check';
import { isCveId } from '@clarion/model';
import { clusterByFlaw, type AdvisoryIds } from './cluster-by-flaw';

/** Clusters as `id (aliases): members`, sorted. */
function shape(items: readonly AdvisoryIds[]): readonly string[] {
  return clusterByFlaw(items, (item) => item)
    .map(({ id, aliases, members }) => {
      const names = members.map((m) => [m.id, ...(m.aliases ?? [])].join('=')).sort();
      return `${id} (${aliases.map(String).join(' ')}): ${names.join(', ')}`;
    })
    .sort();
}

const rows: readonly (readonly [string, readonly AdvisoryIds[], readonly string[]])[] = [
  ['one id', [{ id: 'CVE-2024-1000' }], ['CVE-2024-1000 (): CVE-2024-1000']],
  [
    'rule 25: CVE and GHSA of one flaw',
    [{ id: 'CVE-2024-1000', aliases: ['GHSA-aaaa-bbbb-cccc'] }, { id: 'GHSA-aaaa-bbbb-cccc' }],
    ['CVE-2024-1000 (GHSA-aaaa-bbbb-cccc): CVE-2024-1000=GHSA-aaaa-bbbb-cccc, GHSA-aaaa-bbbb-cccc'],
  ],
  [
    'the CVE is canonical even when it is the alias',
    [{ id: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2024-1000', 'PYSEC-2024-1'] }],
    ['CVE-2024-1000 (GHSA-aaaa-bbbb-cccc PYSEC-2024-1): GHSA-aaaa-bbbb-cccc=CVE-2024-1000=PYSEC-2024-1'],
  ],
  [
    'without CVE the GHSA is canonical, else the first id',
    [
      { id: 'A-1', aliases: ['GHSA-x'] },
      { id: 'Z-2', aliases: ['B-2'] },
    ],
    ['B-2 (Z-2): Z-2=B-2', 'GHSA-x (A-1): A-1=GHSA-x'],
  ],
  [
    'chains of aliases',
    [{ id: 'A', aliases: ['B'] }, { id: 'C', aliases: ['D'] }, { id: 'B', aliases: ['C'] }, { id: 'E' }],
    ['A (B C D): A=B, B=C, C=D', 'E (): E'],
  ],
  [
    'rule 26: an advisory with several CVEs belongs to each; its other ids are mentions',
    [{ id: 'CVE-2024-1000', aliases: ['CVE-2024-2000', 'XSA-1'] }],
    ['CVE-2024-1000 (): CVE-2024-1000=CVE-2024-2000=XSA-1', 'CVE-2024-2000 (): CVE-2024-1000=CVE-2024-2000=XSA-1'],
  ],
  [
    'two CVEs that share an alias are not merged; an advisory under the alias counts for both',
    [{ id: 'CVE-2024-1000', aliases: ['XSA-1'] }, { id: 'CVE-2024-2000', aliases: ['XSA-1'] }, { id: 'XSA-1' }],
    ['CVE-2024-1000 (XSA-1): CVE-2024-1000=XSA-1, XSA-1', 'CVE-2024-2000 (XSA-1): CVE-2024-2000=XSA-1, XSA-1'],
  ],
  [
    'without the record that joined two ids they are two flaws',
    [
      { id: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2024-1000'] },
      { id: 'PYSEC-2024-1', aliases: ['PYSEC-2024-2'] },
    ],
    [
      'CVE-2024-1000 (GHSA-aaaa-bbbb-cccc): GHSA-aaaa-bbbb-cccc=CVE-2024-1000',
      'PYSEC-2024-1 (PYSEC-2024-2): PYSEC-2024-1=PYSEC-2024-2',
    ],
  ],
  [
    'a record that joins them makes them one',
    [
      { id: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2024-1000'] },
      { id: 'PYSEC-2024-1', aliases: ['PYSEC-2024-2'] },
      { id: 'PYSEC-2024-2', aliases: ['GHSA-aaaa-bbbb-cccc'] },
    ],
    [
      'CVE-2024-1000 (GHSA-aaaa-bbbb-cccc PYSEC-2024-1 PYSEC-2024-2): GHSA-aaaa-bbbb-cccc=CVE-2024-1000, PYSEC-2024-1=PYSEC-2024-2, PYSEC-2024-2=GHSA-aaaa-bbbb-cccc',
    ],
  ],
  [
    'a repeated id is one',
    [{ id: 'CVE-2024-1000', aliases: ['CVE-2024-1000'] }],
    ['CVE-2024-1000 (): CVE-2024-1000=CVE-2024-1000'],
  ],
  [
    'odd ids are ids of their own',
    [{ id: 'TEMP-0000000-ABCDEF' }, { id: 'CVE-????-?????' }, { id: '__proto__', aliases: ['constructor'] }],
    [
      'CVE-????-????? (): CVE-????-?????',
      'TEMP-0000000-ABCDEF (): TEMP-0000000-ABCDEF',
      '__proto__ (constructor): __proto__=constructor',
    ],
  ],
  [
    'only names of several CVEs, under another id',
    [{ id: 'XSA-9', aliases: ['CVE-2024-1000', 'CVE-2024-2000'] }, { id: 'XSA-9' }],
    [
      'CVE-2024-1000 (): XSA-9=CVE-2024-1000=CVE-2024-2000',
      'CVE-2024-2000 (): XSA-9=CVE-2024-1000=CVE-2024-2000',
      'XSA-9 (): XSA-9',
    ],
  ],
];

test.each([
  ['CVE-2024-1000', true],
  ['CVE-2024-1234567890123456789', true],
  ['CVE-2024-12345678901234567890', false],
  ['CVE-2024-100', false],
  ['CVE-????-?????', false],
  ['UBUNTU-CVE-2024-1000', false],
  ['CVE-2024-1000-1', false],
])('%s is a CVE: %s', (id, expected) => {
  expect(isCveId(id)).toBe(expected);
});

describe('clusterByFlaw', () => {
  test.each(rows)('%s', (_, items, expected) => {
    expect(shape(items)).toEqual(expected);
  });

  const id = fc.constantFrom('CVE-2024-1000', 'CVE-2024-2000', 'GHSA-a', 'GHSA-b', 'P-1', 'P-2', 'P-3');
  const item = fc.oneof(fc.record({ id }), fc.record({ id, aliases: fc.array(id, { maxLength: 3 }) }));

  test('the order of advisories never changes the clusters', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }).chain(withShuffled), ([items, shuffled]) => {
        expect(shape(shuffled)).toEqual(shape(items));
      }),
    );
  });

  test('no two CVEs are ever merged, and no advisory is lost', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 8 }), (items) => {
        const clusters = clusterByFlaw(items, (item) => item);
        for (const cluster of clusters) expect([cluster.id, ...cluster.aliases].filter(isCveId).length).toBeLessThan(2);
        const members = new Set(clusters.flatMap((cluster) => cluster.members));
        expect(items.every((one) => members.has(one))).toBe(true);
      }),
    );
  });

  test('a long chain of aliases takes no quadratic time', () => {
    const chain = Array.from({ length: 20_000 }, (_, n) => ({ id: `X-${n}`, aliases: [`X-${n + 1}`] }));
    expect(clusterByFlaw(chain, (item) => item)).toHaveLength(1);
  });
});

function withShuffled<T>(items: readonly T[]): fc.Arbitrary<readonly [readonly T[], readonly T[]]> {
  return fc.tuple(
    fc.constant(items),
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length }),
  );
}
