import { deflateRawSync } from 'node:zlib';
import { pack, packBehind, partsOf, unpack } from './kept-values';

const value = { findings: [{ id: 'CVE-2024-0001', text: 'ä\n' }], none: null };

it('values are what they were', () => {
  expect(unpack(pack(value))).toStrictEqual(value);
  const [first, packed] = partsOf(packBehind(['a\n'], value))!;
  expect([first, unpack(packed)]).toStrictEqual([['a\n'], value]);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['others', Buffer.from('{}')],
  ['a part', pack(value).subarray(0, 20)],
  ['no JSON', deflateRawSync('{')],
  ['more than is ever kept', deflateRawSync(Buffer.alloc(65 * 1024 ** 2, '1'))],
])('bytes that are %s have no value', (_, bytes) => {
  expect(unpack(bytes)).toBeUndefined();
});

it.each([Buffer.alloc(0), Buffer.from('[]'), Buffer.from('\n'), Buffer.from('[\n')])(
  'bytes without parts: %j',
  (bytes) => {
    expect(partsOf(bytes)).toBeUndefined();
  },
);
