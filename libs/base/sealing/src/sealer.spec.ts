import { createCipheriv } from 'node:crypto';
import { ClarionError } from '@clarion/model';
import { createSealer, newSealingKey } from './sealer';

const hex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const base64 = Buffer.from(hex, 'hex').toString('base64');

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ClarionError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('createSealer', () => {
  it.each(['', 'geheim', '{"username":"ü","password":"p\\u0000w"}', '🔑'.repeat(100)])(
    'opens what it sealed: %j',
    (text) => {
      const sealer = createSealer(base64);
      const sealed = sealer.seal(text);
      expect(sealed).toMatch(/^v1\.[\w-]{16}\.[\w-]{22}\.[\w-]*$/);
      if (text !== '') expect(sealed).not.toContain(text);
      expect(sealer.open(sealed)).toBe(text);
    },
  );

  it('seals the same text differently each time', () => {
    const sealer = createSealer(base64);
    expect(new Set(Array.from({ length: 100 }, () => sealer.seal('same'))).size).toBe(100);
  });

  it.each([
    ['hex', hex],
    ['upper-case hex', hex.toUpperCase()],
    ['base64', base64],
    ['base64 without padding', base64.replace('=', '')],
    ['base64url', Buffer.from(hex, 'hex').toString('base64url')],
    ['with a line end', `${base64}\n`],
  ])('takes a key as %s', (_form, key) => {
    expect(createSealer(key).open(createSealer(hex).seal('text'))).toBe('text');
  });

  it.each([
    ['empty', ''],
    ['no key', []],
    ['a password', 'correct horse battery staple'],
    ['16 bytes', hex.slice(0, 32)],
    ['33 bytes', `${hex}20`],
    ['one bad of two', [base64, 'short']],
  ])('rejects %s as a key', (_what, key) => {
    expect(codeOf(() => createSealer(key))).toBe('invalid-input');
  });

  it('reads the documented form, produced by other software', () => {
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(hex, 'hex'), nonce);
    cipher.setAAD(Buffer.from('v1'));
    const text = Buffer.concat([cipher.update('from elsewhere'), cipher.final()]);
    const parts = [nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'));
    expect(createSealer(hex).open(`v1.${parts.join('.')}`)).toBe('from elsewhere');
  });

  it('opens secrets of older keys and seals with the first one', () => {
    const [older, newer] = [newSealingKey(), newSealingKey()];
    const old = createSealer(older).seal('kept');
    const sealer = createSealer([newer, older]);
    expect(sealer.open(old)).toBe('kept');
    expect([sealer.isCurrent(old), sealer.isCurrent(sealer.seal('new'))]).toEqual([false, true]);
    expect(codeOf(() => createSealer(older).open(sealer.seal('new')))).toBe('corrupt-data');
  });

  it('rejects every changed text, without showing it', () => {
    const sealer = createSealer(base64);
    const sealed = sealer.seal('do not show');
    const [version = '', nonce = '', tag = '', text = ''] = sealed.split('.');
    const flipped = (part: string): string => (part.startsWith('A') ? 'B' : 'A') + part.slice(1);
    const changed = [
      '',
      'v1',
      'v1...',
      `v2.${nonce}.${tag}.${text}`,
      `${version}.${flipped(nonce)}.${tag}.${text}`,
      `${version}.${nonce}.${flipped(tag)}.${text}`,
      `${version}.${nonce}.${tag}.${flipped(text)}`,
      `${version}.${nonce}.${tag}.${text.slice(2)}`,
      `${version}.${nonce}.${tag.slice(0, 8)}.${text}`,
      `${sealed}.`,
    ];
    for (const one of changed) {
      expect(codeOf(() => sealer.open(one))).toBe('corrupt-data');
      expect(() => sealer.open(one)).not.toThrow(/do not show/);
      expect(sealer.isCurrent(one)).toBe(false);
    }
  });

  it('makes keys of 32 bytes', () => {
    expect(Buffer.from(newSealingKey(), 'base64')).toHaveLength(32);
    expect(newSealingKey()).not.toBe(newSealingKey());
  });
});
