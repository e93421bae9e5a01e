import fc from 'fast-check';
import { compileGlob } from './glob';

describe('compileGlob', () => {
  test.each<[string, string[], string[]]>([
    ['a/b', ['a/b'], ['a', 'a/b/c', 'x/a/b', 'a/bc']],
    ['a/*', ['a/b', 'a/.b'], ['a', 'a/b/c', 'b/a']],
    ['a/*.list', ['a/b.list', 'a/.list'], ['a/b.lists', 'a/b/c.list']],
    ['a/x*y*z', ['a/xyz', 'a/x-y-z', 'a/xyyzz'], ['a/xz', 'a/xzy', 'a/yxyz']],
    ['*', ['a'], ['a/b']],
    ['**', ['a', 'a/b'], []],
    ['**/a', ['a', 'b/a', 'b/c/a'], ['ab', 'a/b']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a']],
    ['a/**/z', ['a/z', 'a/b/z', 'a/z/z'], ['a', 'az', 'a/b']],
    ['**/b/**/d', ['b/d', 'a/b/c/d', 'b/b/d/d'], ['d', 'b', 'a/d/b']],
    ['a**b', ['ab', 'axb'], ['a/b']],
    ['a?[b]{c}', ['a?[b]{c}'], ['axbc']],
    ['!(a|b*)/c', ['x/c', 'ab/c'], ['a/c', 'b/c', 'bx/c', 'x/y/c']],
    ['**/!(a)/c', ['x/c', 'a/x/c'], ['a/c', 'x/a/c', 'c']],
    ['*a', ['a', 'ba', 'aa'], ['ab']],
    ['ab*ba', ['abba', 'abxba'], ['aba']],
  ])('%s', (glob, matching, others) => {
    const matches = compileGlob(glob);
    expect(matching.filter((path) => !matches(path))).toEqual([]);
    expect(others.filter((path) => matches(path))).toEqual([]);
  });

  test('agrees with a plain definition', () => {
    const component = fc.constantFrom('a', 'b', 'ab', 'ba', 'aab');
    const pattern = fc.constantFrom('a', 'b', '*', 'a*', '*b', 'a*b', '*a*', '**');
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.array(component, { minLength: 1, maxLength: 6 }),
        (globs, components) => {
          expect(compileGlob(globs.join('/'))(components.join('/'))).toBe(plain(globs, components));
        },
      ),
      { numRuns: 3000 },
    );
  });

  // In exponential time this would never end.
  test('ends for a hostile glob and path', () => {
    const matches = compileGlob(`${'**/a*a*a*a/'.repeat(20)}b`);
    expect(matches(`${'aaaaaaaaaaaaaaaaaaaa/'.repeat(200)}c`)).toBe(false);
  });
});

function plain([glob, ...globs]: readonly string[], components: readonly string[]): boolean {
  if (glob === undefined) return components.length === 0;
  if (glob === '**' && globs.length === 0) return components.length > 0;
  if (glob === '**') return components.some((_, at) => plain(globs, components.slice(at)));
  const [first, ...rest] = components;
  return first !== undefined && new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(first) && plain(globs, rest);
}
