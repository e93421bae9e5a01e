import { createHash } from 'node:crypto';
import { createFailureLimit, type FailureLimit } from './failure-limit';
import { createJwtVerifier, type JwtOptions } from './jwt';
import { AuthenticationError, type Principal } from './principal';
import { findToken, type StaticToken } from './static-tokens';

export interface AuthenticatorOptions {
  /** Everybody is an administrator: only by an explicit setting. */
  readonly off?: boolean;
  /** Asked at each attempt, so that a file that changed counts at once. */
  readonly tokens?: () => readonly StaticToken[];
  readonly jwt?: JwtOptions;
  readonly failures?: Partial<FailureLimit>;
}

/** Tells who asks, for every face: the value of `Authorization` (header or gRPC metadata) and the remote address. */
export interface Authenticator {
  /** Throws `AuthenticationError`. */
  authenticate(authorization: string | undefined, address: string): Promise<Principal>;
}

const anybody: Principal = { name: 'anonymous', role: 'administrator', method: 'off' };
const maxHeader = 16 * 1024;

/**
 * Whoever brings a token that is valid is never locked out by what others from the same address tried: tokens are looked
 * at first, and only then is it asked how many failed. Failures are limited by address, and by token wherever it comes
 * from: one that failed too often is not looked at again.
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
      // Whoever brings no token at all guesses nothing.
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
  // Whatever looks like a JWT is one: its three parts are base64url.
  if (verifyJwt !== undefined && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return verifyJwt(token);
  return Promise.reject(new AuthenticationError('static', 'The token is unknown'));
}
