import { BoundedCache } from './bounded-cache';

describe('a bounded cache', () => {
  it('forgets what was not used for the longest time', () => {
    const cache = new BoundedCache<string>(40);
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, key.toUpperCase(), 9);
    expect([cache.size, cache.get('a')]).toEqual([40, 'A']);
    cache.set('e', 'E', 9);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key))).toEqual(['A', undefined, 'C', 'D', 'E']);
    expect(cache.size).toBe(40);
  });

  it('replaces a value, with another size', () => {
    const cache = new BoundedCache<string>(40);
    cache.set('a', 'A', 9);
    cache.set('a', 'B', 3);
    expect([cache.get('a'), cache.size]).toEqual(['B', 4]);
    cache.delete('a');
    cache.delete('a');
    expect([cache.get('a'), cache.size]).toEqual([undefined, 0]);
  });

  it('does not give up everything for one value', () => {
    const cache = new BoundedCache<string>(40);
    cache.set('a', 'A', 9);
    cache.set('b', 'B', 10);
    cache.set('a', 'larger', 100);
    expect([cache.get('a'), cache.get('b'), cache.size]).toEqual([undefined, undefined, 0]);
  });

  it('keeps its bound whatever the number of keys', () => {
    const cache = new BoundedCache<number>(10_000);
    for (let key = 0; key < 100_000; key += 1) cache.set(`variant ${key}`, key, 100);
    expect(cache.size).toBeLessThanOrEqual(10_000);
    expect(cache.get('variant 99999')).toBe(99_999);
  });
});
