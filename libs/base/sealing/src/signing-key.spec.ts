import { createPublicKey, verify } from 'node:crypto';
import { parseSigningKey } from './signing-key';

// RFC 8032 §7.1, tests 1 and 2.
const vectors = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    open: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    open: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: 'r',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
];
const secretOf = (...hex: string[]): string => `whsk_${Buffer.from(hex.join(''), 'hex').toString('base64')}`;

describe('parseSigningKey', () => {
  it.each(vectors)('signs as in RFC 8032: $open', ({ seed, open, message, signature }) => {
    for (const secret of [secretOf(seed), secretOf(seed, open)]) {
      const key = parseSigningKey(secret);
      expect(key.publicKey).toBe(`whpk_${Buffer.from(open, 'hex').toString('base64')}`);
      expect(key.sign(message).toString('hex')).toBe(signature);
      const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(open, 'hex')]);
      const other = createPublicKey({ key: der, format: 'der', type: 'spki' });
      expect(verify(null, Buffer.from(message), other, key.sign(message))).toBe(true);
      expect(verify(null, Buffer.from('other'), other, key.sign(message))).toBe(false);
    }
  });

  it.each([
    ['another prefix', secretOf(vectors[0]!.seed).replace('whsk', 'whsec')],
    ['a short seed', secretOf(vectors[0]!.seed.slice(2))],
    ['the public key of another', secretOf(vectors[0]!.seed, vectors[1]!.open)],
    ['no base64', 'whsk_!'],
    ['nothing', 'whsk_'],
  ])('rejects %s', (_, secret) => {
    expect(() => parseSigningKey(secret)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});
