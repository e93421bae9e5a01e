import type { LayerEntry } from '@clarion/model';
import { collectLayer, type LayerCollector } from './collect-layer';
import { compileLayerFilters } from './layer-filters';
import { structureOf } from './layer-record';
import { layerEntry } from '../testing/layer-entry';

const files = { paths: ['var/lib/dpkg/status', 'var/lib/dpkg/status.d/*'], maxBytes: 100 };

function collector(): LayerCollector {
  return collectLayer({ ...compileLayerFilters([{ id: 'dpkg', files }]), missing: new Set(['dpkg']) });
}

const entry = (path: string, more: Partial<LayerEntry> = {}): LayerEntry => layerEntry(path, { size: 0, ...more });

function collect(...entries: readonly LayerEntry[]): LayerCollector {
  const made = collector();
  entries.forEach((one) => made.visitor.entry(one));
  return made;
}

const directory = (path: string): LayerEntry => entry(path, { type: 'directory' });
const symlink = (path: string): LayerEntry => entry(path, { type: 'symlink', link: 'x' });

describe('collectLayer', () => {
  test('returns the size up to which a file that matches a filter is read, under a moved directory as well', () => {
    const { visitor } = collector();
    expect(visitor.entry(entry('var/lib/dpkg/status', { size: 5 }))).toBe(100);
    expect(visitor.entry(entry('srv/status', { size: 5 }))).toBe(100);
    expect(visitor.entry(entry('srv/other', { size: 5 }))).toBeUndefined();
    expect(visitor.entry(entry('var/lib/dpkg/status', { type: 'other' }))).toBeUndefined();
  });

  test('keeps only the relevant ones of millions of entries', () => {
    const { visitor, record } = collector();
    for (let number = 0; number < 100_000; number += 1) {
      if (number % 100 === 0) {
        visitor.entry(directory(`usr/share/doc/package${number}`));
      }
      visitor.entry(entry(`usr/share/doc/package${number - (number % 100)}/file${number}`, { size: 10 }));
    }
    expect(Object.values(structureOf(record)).map((part: readonly unknown[]) => part.length)).toEqual([
      ...[0, 0, 0, 0, 0, 0, 0],
    ]);
    expect(record.ancestors.size).toBe(0);
  });

  test('keeps the directory entries above what it keeps, in the root and with relevant names', () => {
    const { record } = collect(
      directory(''),
      ...['srv', 'srv/a', 'srv/a/b', 'srv/c', 'opt', 'opt/dpkg', 'opt/status'].map(directory),
      directory('home'),
      directory('home/x'),
      directory('home/x/y'),
      entry('home/x/y/status'),
      entry('home/x/status'),
    );
    expect([...record.directories].sort()).toEqual([
      ...['home', 'home/x', 'home/x/y', 'opt', 'opt/dpkg', 'opt/status', 'srv'],
    ]);
  });

  test('the last entry of a name is what the name is', () => {
    const path = 'var/lib/dpkg/status';
    const kinds: readonly LayerEntry[] = [
      entry(path),
      symlink(path),
      entry(path, { type: 'hardlink', link: 'x' }),
      entry(path, { type: 'other' }),
      directory(path),
    ];
    for (const first of kinds) {
      for (const last of kinds) {
        expect(structureOf(collect(first, last).record)).toEqual(structureOf(collect(last).record));
      }
    }
  });

  test.each([
    ['symlinks', (n: number) => symlink(`srv/link${n}`), (n: number) => symlink(`srv/${n}/dpkg/status`)],
    ['whiteouts', (n: number) => entry(`srv/.wh.${n}`), (n: number) => entry(`srv/${n}/.wh.status`)],
    ['opaques', (n: number) => entry(`srv/${n}/.wh..wh..opq`), (n: number) => entry(`${n}/.wh..wh..opq`)],
  ] as const)('%s are bounded, and those that lead somewhere go on longer', (part, anywhere, telling) => {
    const { visitor, record } = collector();
    for (let number = 0; number < 50_010; number += 1) {
      visitor.entry(anywhere(number));
    }
    expect(record[part].size).toBe(50_000);
    expect(record.problems).toMatchObject([{ code: 'limit-reached' }]);
    for (let number = 0; number < 50_010; number += 1) {
      visitor.entry(telling(number));
    }
    expect(record[part].size).toBe(100_000);
    expect(record.problems.map(({ message }) => /more than (\d+)/.exec(message)?.[1])).toEqual(['50000', '100000']);
  });

  test('the number of files to read is bounded; further ones are not read', () => {
    const { visitor, record } = collector();
    for (let number = 0; number < 100_001; number += 1) {
      visitor.entry(entry(`srv/${number}/status`));
    }
    expect(record.files.size).toBe(100_000);
    expect(visitor.entry(entry('var/lib/dpkg/status'))).toBeUndefined();
    expect(record.problems).toMatchObject([{ code: 'limit-reached' }]);
  });

  test('problems are bounded', () => {
    const { record } = collect(...Array.from({ length: 3000 }, (_, n) => entry(`srv/${n}/.wh.`)));
    expect(record.problems).toHaveLength(1001);
    expect(record.problems.at(-1)?.code).toBe('limit-reached');
  });

  test('a layer that replaces its own directories again and again costs no more than a hundred searches', () => {
    const many = Array.from({ length: 5000 }, (_, n) => [entry('srv/a/status'), entry('srv/a', { size: n })]);
    const { record } = collect(...many.flat());
    expect(record.problems).toMatchObject([{ code: 'limit-reached' }]);
    expect(record.replacements).toBeGreaterThan(100);
  });

  test('tens of thousands of nested directories cost no more than their number', () => {
    const deep = Array.from({ length: 500 }, (_, n) =>
      directory(
        Array(n + 1)
          .fill('d')
          .join('/'),
      ),
    );
    const { visitor, record } = collect(...deep);
    const top = deep.at(-1)?.path ?? '';
    for (let number = 0; number < 2000; number += 1) {
      visitor.entry(entry(`${top}/${number}.d/status`));
    }
    expect(record.files.size).toBe(2000);
    expect(record.directories.size).toBe(500);
  });

  test('reports why a file that matches a filter has no content', () => {
    const { visitor, record } = collector();
    const big = entry('srv/status', { size: 101 });
    visitor.entry(big);
    visitor.oversized(big);
    const small = entry('var/lib/dpkg/status', { size: 99 });
    visitor.entry(small);
    visitor.oversized(small);
    visitor.content(entry('unknown'), new Uint8Array());
    visitor.oversized(entry('unknown'));
    expect([...record.files.values()]).toEqual([
      { path: 'srv/status', size: 101, skipped: 'too large' },
      { path: 'var/lib/dpkg/status', size: 99, skipped: 'no room' },
    ]);
  });
});
