import { packDigests, unpackDigests } from './packed-digests';

describe('packed digests', () => {
  const hash = (digit: string) => `sha256:${digit.repeat(64)}`;

  it.each<[string, readonly string[]]>([
    ['none', []],
    ['equal and different ones', [hash('1'), hash('a'), hash('1')]],
    ['those of another kind between them', [`sha512:${'3'.repeat(128)}`, hash('2'), 'md5:1', '', hash('0')]],
    ['what only looks like one', [`sha256:${'A'.repeat(64)}`, `sha256:${'a'.repeat(63)}`]],
  ])('return %s', (_, digests) => {
    const digestOf = unpackDigests(packDigests(digests));
    expect(digests.map((_digest, number) => digestOf(number))).toEqual(digests);
  });

  it('are bytes where they are SHA-256', () => {
    const packed = packDigests([hash('1'), hash('2')]);
    expect(packed).toEqual({ sha256: Buffer.concat([Buffer.alloc(32, 0x11), Buffer.alloc(32, 0x22)]), others: [] });
  });
});
