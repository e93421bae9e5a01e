import { createHash } from 'node:crypto';
import type { Role } from './roles';

/** Who is asking. */
export interface Principal {
  /** Name of the static token, or issuer and subject of the JWT; goes into logs and limits, never into answers. */
  readonly name: string;
  readonly role: Role;
  readonly method: 'static' | 'jwt' | 'off';
}

/**
 * Tells callers apart where one must not take the places of another: the owners of tokens, or addresses where nobody is
 * asked for one. It is kept with work, so it says nothing of them.
 */
export function callerOf({ method, name }: Principal, address: string): string {
  const who = method === 'off' ? [method, address] : [method, name];
  return createHash('sha256').update(JSON.stringify(who)).digest('base64url').slice(0, 22);
}

/**
 * Who is asking cannot be told. Answers say nothing more than that: the reason is for counters and logs.
 * `retryAfterSeconds` is set when too many attempts from one address failed, and then nothing was checked.
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
