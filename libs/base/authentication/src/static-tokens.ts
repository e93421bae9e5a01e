import { createHash, timingSafeEqual } from 'node:crypto';
import { ClarionError } from '@clarion/model';
import type { Principal } from './principal';
import { isRole, type Role, roles } from './roles';

/** A configured token: only its hash is stored. */
export interface StaticToken {
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token. */
  readonly hash: Buffer;
}

const linePattern = /^([A-Za-z0-9._-]{1,64}):([a-z]+):([0-9a-f]{64})$/;
const maxTokens = 10_000;

/**
 * Parses lines `name:role:sha256-of-the-token`; blank lines and those that start with `#` are ignored. Throws
 * `invalid-input` that names the line, never its content.
 */
export function parseTokens(text: string): readonly StaticToken[] {
  const tokens = new Map<string, StaticToken>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', role, hash = ''] = linePattern.exec(line) ?? [];
    if (!isRole(role)) throw badLine(index + 1, 'is not name:role:sha256');
    if (tokens.has(name)) throw badLine(index + 1, 'has a name that another line has');
    tokens.set(name, { name, role, hash: Buffer.from(hash, 'hex') });
    if (tokens.size > maxTokens) throw new ClarionError('limit-exceeded', `More than ${maxTokens} API tokens`);
  }
  return [...tokens.values()];
}

function badLine(line: number, what: string): ClarionError {
  return new ClarionError('invalid-input', `Line ${line} of the API tokens ${what}`, {
    remedy: `write name:role:hash with a role of ${roles.join(', ')} and the lower-case SHA-256 of the token in hex`,
  });
}

/** Finds the owner of a token. Every hash is compared in constant time, and all of them even after a match. */
export function findToken(tokens: readonly StaticToken[], presented: string): Principal | undefined {
  const hash = createHash('sha256').update(presented).digest();
  let found: StaticToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(token.hash, hash)) found ??= token;
  }
  return found === undefined ? undefined : { name: found.name, role: found.role, method: 'static' };
}
