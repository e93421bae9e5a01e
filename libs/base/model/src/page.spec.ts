import { sizeOf } from './page';

describe('the size of a value', () => {
  it.each<[what: string, value: unknown, size: number]>([
    ['a text', 'abc', 11],
    ['a number', 5, 8],
    ['nothing', undefined, 8],
    ['null', null, 8],
    ['bytes', new Uint8Array(100), 108],
    ['a list', ['abc', 5], 8 + 11 + 8],
    ['an object', { ab: 'abc', c: [] }, 8 + 2 + 11 + 1 + 8],
  ])('of %s', (_what, value, size) => {
    expect(sizeOf(value)).toBe(size);
  });
});
