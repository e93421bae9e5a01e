import fc from 'fast-check';
import { normalisePath, pathFault } from './normalise-path';

describe('normalisePath', () => {
  test.each<[string, string | undefined]>([
    ['etc/passwd', 'etc/passwd'],
    ['./etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['//etc///passwd/', 'etc/passwd'],
    ['./././a/./b/.', 'a/b'],
    ['a/../b', 'b'],
    ['a/b/../../c', 'c'],
    ['a/..', ''],
    ['./', ''],
    ['/', ''],
    ['', ''],
    ['.', ''],
    ['..', undefined],
    ['../etc/passwd', undefined],
    ['/../etc/passwd', undefined],
    ['a/../../b', undefined],
    ['a\0b', undefined],
    ['.wh.a', '.wh.a'],
    ['a/.wh..wh..opq', 'a/.wh..wh..opq'],
    ['...', '...'],
    ['a/..b/c..', 'a/..b/c..'],
    ['..a', '..a'],
    ['a\\b', 'a\\b'],
    ['__proto__/constructor', '__proto__/constructor'],
    ['é'.repeat(2048), 'é'.repeat(2048)],
    ['é'.repeat(2049), undefined],
    ['a'.repeat(4096), 'a'.repeat(4096)],
    ['a'.repeat(4097), undefined],
  ])('%j is %j', (name, path) => {
    expect(normalisePath(name)).toBe(path);
  });

  test.each([
    ['../a', 'escapes'],
    ['a\0', 'nul'],
    ['a'.repeat(5), 'long'],
  ])('the fault of %j is %s', (name, fault) => {
    expect(pathFault(name, 4)).toBe(fault);
  });

  test('a normalised path is normal: no slash at either end, no empty, . or .. component, and stays unchanged', () => {
    const name = fc.array(fc.constantFrom('a', 'bc', '.', '..', '', '...', '.x'), { maxLength: 12 });
    fc.assert(
      fc.property(name, (components) => {
        const path = normalisePath(components.join('/'));
        if (path === undefined) return;
        expect(normalisePath(path)).toBe(path);
        expect(path === '' || path.split('/').every((part) => !['', '.', '..'].includes(part))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
