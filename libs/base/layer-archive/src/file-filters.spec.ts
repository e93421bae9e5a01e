import fc from 'fast-check';
import { compileGlob } from './glob';
import { compileFileFilters } from './file-filters';

function compiled(globs: Readonly<Record<string, readonly string[]>>): ReturnType<typeof compileFileFilters> {
  return compileFileFilters(
    Object.entries(globs).map(([id, paths]) => ({ id, files: { paths, maxBytes: id.length } })),
  );
}

describe('compileFileFilters', () => {
  const matcher = compiled({
    dpkg: ['var/lib/dpkg/status', 'var/lib/dpkg/status.d/*', 'var/lib/dpkg/info/*.list'],
    release: ['etc/os-release', 'usr/lib/os-release', 'etc/*-release'],
    jar: ['**/*.jar', '**/*.war'],
    npm: ['**/node_modules/**/package.json', '**/package-lock.json'],
    opt: ['opt/**', 'srv/**/x*'],
    odd: ['__proto__', '**/lib*', '*/x'],
  });

  test.each<[string, string[]]>([
    ['var/lib/dpkg/status', ['dpkg']],
    ['var/lib/dpkg/status-old', []],
    ['var/lib/dpkg/status.d/base', ['dpkg']],
    ['var/lib/dpkg/status.d/base/x', []],
    ['var/lib/dpkg/info/libc6.list', ['dpkg', 'odd']],
    ['etc/os-release', ['release']],
    ['etc/alpine-release', ['release']],
    ['usr/lib/os-release', ['release']],
    ['a.jar', ['jar']],
    ['opt/app/a.jar', ['jar', 'opt']],
    ['a.jar/x', ['odd']],
    ['node_modules/a/package.json', ['npm']],
    ['x/node_modules/a/b/package.json', ['npm']],
    ['package.json', []],
    ['package-lock.json', ['npm']],
    ['opt', []],
    ['srv/a/b/xy', ['opt']],
    ['__proto__', ['odd']],
    ['constructor', []],
    ['toString', []],
    ['', []],
  ])('%s is matched by %j', (path, ids) => {
    expect([...matcher.match(path)].sort()).toEqual(ids);
  });

  test.each<[string, string[]]>([
    ['data/dpkg/status', ['dpkg']],
    ['status', ['dpkg']],
    ['x/status.d/base', ['dpkg']],
    ['x/y/base', []],
    ['x/info/a.list', ['dpkg']],
    ['x/os-release', ['release']],
    ['x/etc/my-release', ['release']],
    ['x/my-release', []],
    ['x/opt/y/z', ['opt']],
    ['x/a.jar', ['jar']],
    ['x/package.json', ['npm']],
  ])('%s would be matched by %j under another name', (path, ids) => {
    expect([...matcher.matchMoved(path)].sort()).toEqual(ids);
  });

  describe('with exceptions', () => {
    const excepting = compileFileFilters([
      {
        id: 'a',
        files: {
          paths: ['**/m/*/p', '**/q'],
          except: ['**/.cache/**', '!**/.cache/**/env/**', '**/env/**/!(m|@*)/test/**'],
          maxBytes: 1,
        },
      },
      { id: 'b', files: { paths: ['**/q'], maxBytes: 1 } },
    ]);

    test.each<[path: string, ids: string[]]>([
      ['m/x/p', ['a']],
      ['q', ['a', 'b']],
      ['.cache/q', ['b']],
      ['x/.cache/y/q', ['b']],
      ['x/.cached/q', ['a', 'b']],
      ['x/.cache/y/env/q', ['a', 'b']],
      ['x/.cache/y/env/z/test/q', ['b']],
      ['env/z/test/q', ['b']],
      ['env/m/test/q', ['a', 'b']],
      ['env/@s/test/q', ['a', 'b']],
      ['env/m/test/test/q', ['b']],
    ])('%s is matched by %j', (path, ids) => {
      expect([...excepting.match(path)]).toEqual(ids);
      expect(excepting.isExcepted('a', path)).toBe(!ids.includes('a'));
      expect(excepting.isExcepted('b', path)).toBe(false);
    });

    test('files in excepted places are read, for links may lead there', () => {
      expect([excepting.matchMoved('.cache/y/m/x/p'), excepting.matchMoved('.cache/q')]).toEqual([['a'], ['a', 'b']]);
    });
  });

  test('directories are all literal ones on the way', () => {
    const { directories } = compiled({ a: ['var/lib/x/*', 'etc/a', 'file', '**/y/z', 'opt/*/bin/x'] });
    expect([...directories].sort()).toEqual(['etc', 'opt', 'var', 'var/lib', 'var/lib/x']);
  });

  test('sizes are those of the detectors; an unknown detector reads nothing', () => {
    expect([matcher.maxBytes('dpkg'), matcher.maxBytes('__proto__')]).toEqual([4, 0]);
  });

  test('a detector with two filters for a path is named once', () => {
    expect(compiled({ a: ['x/a.b', 'x/a.b', 'x/*', '**/a.b', '**/*.b', '**'] }).match('x/a.b')).toEqual(['a']);
  });

  test('the index finds what matching each glob finds, and moved ones are a superset', () => {
    const glob = fc
      .array(fc.constantFrom('a', 'b.c', '*', '**', '*.c', 'a*', '*.c*'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));
    const path = fc
      .array(fc.constantFrom('a', 'ab', 'b.c', 'a.b.c', 'x'), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(glob, { maxLength: 6 }), path, (globs, text) => {
        const index = compileFileFilters(
          globs.map((one, at) => ({ id: String(at), files: { paths: [one], maxBytes: 1 } })),
        );
        const expected = globs.flatMap((one, at) => (compileGlob(one)(text) ? [String(at)] : []));
        expect([...index.match(text)].sort()).toEqual(expected.sort());
        expect(index.matchMoved(text)).toEqual(expect.arrayContaining(expected));
      }),
      { numRuns: 2000 },
    );
  });
});
