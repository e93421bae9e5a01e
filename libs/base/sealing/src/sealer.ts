import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ClarionError, type SealedSecret } from '@clarion/model';

/** Seals secrets for the store and opens them again. */
export interface Sealer {
  /** Each call returns another text, with a new nonce. */
  seal(text: string): SealedSecret;
  /** Throws `corrupt-data` when no key opens it: another installation's secret, or damaged. */
  open(sealed: SealedSecret): string;
  /** Whether the key that seals now also opens this; false for older keys and for text that is not a sealed secret. */
  isCurrent(sealed: SealedSecret): boolean;
}

const algorithm = 'aes-256-gcm';
const version = 'v1';
const keyBytes = 32;
/** NIST SP 800-38D §8.2.2: 96 random bits, and the full tag. */
const nonceBytes = 12;
const tagBytes = 16;

/** 32 random bytes as base64. */
export function newSealingKey(): string {
  return randomBytes(keyBytes).toString('base64');
}

/**
 * Creates a sealer from one key of 32 bytes, in base64, base64url or hex, or from several: the first one seals, all of
 * them open, so that keys can be rotated while secrets of the old one are still stored. Throws `invalid-input`.
 */
export function createSealer(keys: string | readonly string[]): Sealer {
  const [current, ...older] = (typeof keys === 'string' ? [keys] : keys).map(parseKey);
  if (current === undefined) throw invalidKey('is missing');
  return {
    seal: (text) => sealWith(current, text),
    open(sealed) {
      for (const key of [current, ...older]) {
        const text = openWith(key, sealed);
        if (text !== undefined) return text;
      }
      throw new ClarionError('corrupt-data', 'A stored secret cannot be opened with the configured keys', {
        remedy: 'add the key that it was sealed with to the configured keys, or enter the secret again',
      });
    },
    isCurrent: (sealed) => openWith(current, sealed) !== undefined,
  };
}

function sealWith(key: Buffer, text: string): SealedSecret {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(version));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [version, ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.');
}

function openWith(key: Buffer, sealed: SealedSecret): string | undefined {
  const [found, nonce, tag, text, ...rest] = sealed.split('.');
  if (found !== version || nonce === undefined || tag === undefined || text === undefined || rest.length > 0) {
    return undefined;
  }
  const [nonceOf, tagOf] = [Buffer.from(nonce, 'base64url'), Buffer.from(tag, 'base64url')];
  if (nonceOf.length !== nonceBytes || tagOf.length !== tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, nonceOf, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(version));
  decipher.setAuthTag(tagOf);
  try {
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]).toString('utf8');
  } catch {
    // The tag does not match: another key, or changed text.
    return undefined;
  }
}

function parseKey(text: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) throw invalidKey('is not 32 bytes of base64 or hex');
  return Buffer.from(trimmed, 'base64');
}

function invalidKey(why: string): ClarionError {
  return new ClarionError('invalid-input', `The key that seals secrets ${why}`, {
    remedy: 'make one with `openssl rand -base64 32`',
  });
}
