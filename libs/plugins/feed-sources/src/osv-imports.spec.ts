import { importsOf } from './osv-imports';

const path = 'golang.org/x/net/http2';

test.each<[what: string, imports: unknown, read: unknown]>([
  [
    'functions',
    [{ path, symbols: ['Server.ServeConn', 'Get', 'Get'] }],
    [{ path, functions: ['Server.ServeConn', 'Get'] }],
  ],
  [
    'a whole package',
    [{ path }, { path: 'a', symbols: [] }, { path: 'b', symbols: null }],
    [{ path }, { path: 'a' }, { path: 'b' }],
  ],
  ['a platform', [{ path, goos: ['windows'], goarch: ['386'] }], [{ path, os: ['windows'], architectures: ['386'] }]],
  ['nothing', undefined, undefined],
  ['an empty list', [], undefined],
  ['no list', { path }, undefined],
  ['an import without path', [{ path }, { symbols: ['Get'] }], undefined],
  ['functions that are no texts', [{ path, symbols: ['Get', 1] }], undefined],
  ['functions that are no list', [{ path, symbols: 'Get' }], undefined],
  ['a platform that is no list', [{ path, goos: 'windows' }], undefined],
  ['an endless name', [{ path, symbols: ['x'.repeat(513)] }], undefined],
  ['too many functions', [{ path, symbols: Array.from({ length: 10_001 }, (_, at) => `F${at}`) }], undefined],
  ['too many imports', Array.from({ length: 1001 }, () => ({ path })), undefined],
])('imports of a Go record: %s', (_, imports, read) => {
  expect(importsOf({ ecosystem_specific: { imports } }).imports).toEqual(read);
});

test('a record may have nothing specific to its ecosystem', () => {
  expect([importsOf({}), importsOf({ ecosystem_specific: 'x' })]).toEqual([{}, {}]);
});
