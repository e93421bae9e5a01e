import { createHash } from 'node:crypto';
import { createFailureLimit, type FailureLimit } from './failure-limit';
import { createJwtVerifier, type JwtOptions } from './jwt';
import { AuthenticationError, type Principal } from './principal';
import { findToken, type StaticToken } from './static-tokens';

export interface AuthenticatorOptions {
  /** Authentication is off: everybody is an administrator. Only by an explicit setting. */
  readonly off?: boolean;
  /** Read at each attempt, so that a changed file takes effect at once. */
  readonly tokens?: () => readonly StaticToken[];
  readonly jwt?: JwtOptions;
  readonly failures?: Partial<FailureLimit>;
}

/**
 * Identifies the caller, for every API: from the value of `Authorization` (header or gRPC metadata) and the remote
 * address.
 */
export interface Authenticator {
  /** Throws `AuthenticationError`. */
  authenticate(authorization: string | undefined, address: string): Promise<Principal>;
}

const anybody: Principal = { name: 'anonymous', role: 'administrator', method: 'off' };
const maxHeader = 16 * 1024;

/**
 * A caller with a valid token is never locked out by failed attempts of others at the same address: tokens are checked
 * first, and only then the number of failures. Failures are limited by address, and by token whatever its address: a
 * token that failed too often is not checked again.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  if (options.off === true) return { authenticate: () => Promise.resolve(anybody) };
  const limits = { burst: 20, refillMillis: 3000, ...options.failures };
  const byAddress = createFailureLimit(limits);
  const byToken = createFailureLimit(limits);
  const verifyJwt = options.jwt === undefined ? undefined : createJwtVerifier(options.jwt);
  return {
    async authenticate(authorization, address) {
      const token = /^Bearer +([\w~+/.=-]+) *$/i.exec((authorization ?? '').slice(0, maxHeader))?.[1];
      // A request without a token is not an attempt to guess one.
      if (token === undefined) throw new AuthenticationError('none', 'There is no bearer token');
      const owner = findToken(options.tokens?.() ?? [], token);
      if (owner !== undefined) return owner;
      const digest = createHash('sha256').update(token).digest('base64');
      const limited = (wait: number | undefined): void => {
        if (wait !== undefined) throw new AuthenticationError('limited', 'Too many attempts failed', wait);
      };
      limited(byToken.blockedFor(digest));
      try {
        return await verified(token, verifyJwt);
      } catch (error) {
        if (error instanceof AuthenticationError) {
          limited(byAddress.blockedFor(address));
          byAddress.failed(address);
          byToken.failed(digest);
        }
        throw error;
      }
    },
  };
}

async function verified(
  token: string,
  verifyJwt: ReturnType<typeof createJwtVerifier> | undefined,
): Promise<Principal> {
  // Anything that looks like a JWT is treated as one: its three parts are base64url.
  if (verifyJwt !== undefined && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return verifyJwt(token);
  return Promise.reject(new AuthenticationError('static', 'The token is unknown'));
}
