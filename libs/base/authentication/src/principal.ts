import { createHash } from 'node:crypto';
import type { Role } from './roles';

/** The authenticated caller. */
export interface Principal {
  /** Name of the static token, or issuer and subject of the JWT; goes into logs and limits, never into answers. */
  readonly name: string;
  readonly role: Role;
  readonly method: 'static' | 'jwt' | 'off';
}

/**
 * An id that distinguishes callers where one must not use the share of another: by owner of the token, or by address
 * when authentication is off. It is stored with work, so it is a hash that reveals nothing about the caller.
 */
export function callerOf({ method, name }: Principal, address: string): string {
  const who = method === 'off' ? [method, address] : [method, name];
  return createHash('sha256').update(JSON.stringify(who)).digest('base64url').slice(0, 22);
}

/**
 * The caller cannot be identified. Answers say nothing more than that: the reason is for counters and logs.
 * `retryAfterSeconds` is set when too many attempts from one address failed; nothing was checked then.
 */
export class AuthenticationError extends Error {
  readonly method: 'none' | 'static' | 'jwt' | 'limited';
  readonly retryAfterSeconds: number | undefined;

  constructor(method: AuthenticationError['method'], reason: string, retryAfterSeconds?: number) {
    super(reason);
    this.name = 'AuthenticationError';
    this.method = method;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
