import { openScratchFile } from '@clarion/feed-upstreams';
import type { Advisory, AdvisoryGroup } from '@clarion/model';
import fc from 'fast-check';
import type { FactRecord, SpooledRecord } from './record-encoding';
import { createSpool, joinParts } from './record-spool';

const source = { feed: 'f', document: 'd' };

function part(namespace: string, name: string, ...advisories: readonly Advisory[]): AdvisoryGroup {
  return { namespace, package: name, feed: 'f', document: 'd', nameKind: 'source', scheme: 'dpkg', advisories };
}

const open = (id: string): Advisory => ({ id, state: 'affected' });

const name = fc.oneof(fc.constantFrom('openssl', 'zlib', '__proto__', 'a\nb', '\ud800'), fc.string({ maxLength: 4 }));
const record: fc.Arbitrary<FactRecord> = fc.oneof(
  fc
    .tuple(fc.constantFrom('debian:1', 'debian:11'), name, fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }))
    .map(([namespace, of, ids]) => ({ kind: 'group' as const, group: part(namespace, of, ...ids.map(open)) })),
  fc.tuple(name, fc.string()).map(([id, description]) => ({
    kind: 'vulnerability' as const,
    text: { feed: 'f', id, description },
  })),
  name.map((repository) => ({ kind: 'repository' as const, repository: { feed: 'f', repository, cpes: ['cpe:/o'] } })),
);

function keyOf(of: FactRecord): string {
  if (of.kind === 'group') return JSON.stringify(['group', of.group.namespace, of.group.package]);
  return JSON.stringify(of.kind === 'vulnerability' ? ['text', of.text.id] : ['repository', of.repository.repository]);
}

/** The naive way: everything in one map. */
function naive(records: readonly SpooledRecord[]): Map<string, SpooledRecord[]> {
  const found = new Map<string, SpooledRecord[]>();
  for (const entry of records) found.set(keyOf(entry[1]), [...(found.get(keyOf(entry[1])) ?? []), entry]);
  return found;
}

describe('a spool', () => {
  const memories = [
    ['kept in memory', 1e9],
    ['spilled now and then', 1500],
    ['spilled at every record', 1],
  ] as const;

  it.each(memories)('groups records by key in any order, %s', (_, memoryBytes) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('base' as const, 'patch' as const), record)), (records) => {
        const spool = createSpool(source, { openScratch: openScratchFile, memoryBytes });
        for (const [layer, added] of records) spool.add(layer, added);
        const gathered = [...spool.entries()];
        spool.close();
        const expected = naive(records);
        expect(gathered).toHaveLength(expected.size);
        for (const entry of gathered) expect(entry).toEqual(expected.get(keyOf(entry[0]![1])));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the order of the document unless it spills, and is always deterministic', () => {
    const records = ['z', 'a', 'm', 'z'].map((id) => ({ kind: 'group' as const, group: part('n', id, open(id)) }));
    const orders = [1e9, 1, 1].map((memoryBytes) => {
      const spool = createSpool(source, { openScratch: openScratchFile, memoryBytes });
      for (const added of records) spool.add('base', added);
      return [...spool.entries()].map((entry) => keyOf(entry[0]![1]));
    });
    expect(orders[0]).toEqual(['z', 'a', 'm'].map((id) => JSON.stringify(['group', 'n', id])));
    expect(orders[1]).toEqual(orders[2]);
  });
});

describe('joinParts', () => {
  const first = part('n', 'p', open('A'));

  it.each<[string, readonly AdvisoryGroup[], readonly string[], number]>([
    ['one part', [first], ['A'], 0],
    ['several', [first, part('n', 'p', open('B')), part('n', 'p', open('A'))], ['A', 'B', 'A'], 0],
    ['another scheme', [first, { ...part('n', 'p', open('B')), scheme: 'apk' }], ['A'], 1],
    ['another kind of name', [first, { ...part('n', 'p', open('B')), nameKind: 'binary' }], ['A'], 1],
    ['another rule for epochs', [first, { ...part('n', 'p', open('B')), epochs: 'auto' }], ['A'], 1],
  ])('%s', (_, parts, ids, refused) => {
    const joined = joinParts(parts);
    expect(joined.group?.advisories.map(({ id }) => id)).toEqual(ids);
    expect(joined.refused).toBe(refused);
  });
});
