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

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  if (options.off === true) return { authenticate: () => Promise.resolve(anybody) };
  const limit = createFailureLimit({ burst: 20, refillMillis: 3000, ...options.failures });
  const verifyJwt = options.jwt === undefined ? undefined : createJwtVerifier(options.jwt);
  const identify = async (authorization: string | undefined): Promise<Principal> => {
    const token = /^Bearer +([\w~+/.=-]+) *$/i.exec((authorization ?? '').slice(0, maxHeader))?.[1];
    if (token === undefined) throw new AuthenticationError('none', 'There is no bearer token');
    const owner = findToken(options.tokens?.() ?? [], token);
    if (owner !== undefined) return owner;
    // Whatever looks like a JWT is one: its three parts are base64url.
    if (verifyJwt !== undefined && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return verifyJwt(token);
    throw new AuthenticationError('static', 'The token is unknown');
  };
  return {
    async authenticate(authorization, address) {
      const wait = limit.blockedFor(address);
      if (wait !== undefined) throw new AuthenticationError('limited', 'Too many attempts failed', wait);
      try {
        return await identify(authorization);
      } catch (error) {
        // Whoever brings no token at all guesses nothing.
        if (error instanceof AuthenticationError && error.method !== 'none') limit.failed(address);
        throw error;
      }
    },
  };
}
