import { parseWhiteoutName } from './whiteout-name';

test.each([
  ['etc/passwd', undefined],
  ['a.wh.b', undefined],
  ['dir/x.wh.y', undefined],
  ['.wh.a', { kind: 'whiteout', path: 'a' }],
  ['dir/.wh.a', { kind: 'whiteout', path: 'dir/a' }],
  ['dir/.wh..hidden', { kind: 'whiteout', path: 'dir/.hidden' }],
  ['dir/.wh....', { kind: 'whiteout', path: 'dir/...' }],
  ['.wh..wh..opq', { kind: 'opaque', path: '' }],
  ['a/b/.wh..wh..opq', { kind: 'opaque', path: 'a/b' }],
  ['.wh..wh.plnk', { kind: 'metadata' }],
  ['.wh..wh.plnk/17.4', { kind: 'metadata' }],
  ['a/.wh..wh.orph/.wh.b', { kind: 'metadata' }],
  ['a/.wh.dir/below', { kind: 'metadata' }],
  ['.wh.', { kind: 'malformed' }],
  ['a/.wh.', { kind: 'malformed' }],
  ['a/.wh..', { kind: 'malformed' }],
  ['a/.wh...', { kind: 'malformed' }],
])('%s', (path, expected) => {
  expect(parseWhiteoutName(path)).toEqual(expected);
});
