import { ClarionError } from '@clarion/model';
import type { Egress } from '@clarion/egress';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { createKeySet } from './key-set';
import { AuthenticationError, type Principal } from './principal';
import { isRole, type Role } from './roles';

/** A shared key: HS256, HS384 and HS512, as Clair's clients sign. */
export interface SharedKeyIssuer {
  readonly kind: 'shared-key';
  /** At least 32 bytes. */
  readonly key: Uint8Array;
  readonly issuer: string;
  readonly audience?: string;
  /** Role of tokens without a role claim. */
  readonly role: Role;
  /** Also tokens that never expire are valid, for as long after they were issued as others if they say when. */
  readonly mayOmitExpiry?: boolean;
}

/** An OpenID Connect issuer with a published key set. */
export interface KeySetIssuer {
  readonly kind: 'key-set';
  /** https address of the JWKS. */
  readonly url: string;
  readonly issuer: string;
  readonly audience: string;
  /** Accepted signature algorithms; RS256 and ES256 unless stated. Never HS: a public key is not a secret. */
  readonly algorithms?: readonly string[];
  /** Role of tokens without a role claim; absent: such tokens are rejected. */
  readonly role?: Role;
}

export interface JwtOptions {
  readonly issuers: readonly (SharedKeyIssuer | KeySetIssuer)[];
  /** Claim with the role, or with a list of roles; `clarion_role` unless stated. */
  readonly roleClaim?: string;
  /** The way out for key sets. */
  readonly egress?: Egress;
  readonly now?: () => Date;
}

const leewaySeconds = 15;
/** The maximum lifetime of a token with a shared key: it can only be revoked by changing the key for all. */
const maxLifetimeSeconds = 3600;
const sharedAlgorithms = ['HS256', 'HS384', 'HS512'];
const publicAlgorithms = new Set([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
]);

interface Verifier {
  readonly of: SharedKeyIssuer | KeySetIssuer;
  readonly key: () => Promise<Uint8Array | JWTVerifyGetKey>;
  readonly algorithms: readonly string[];
}

type VerifyJwt = (token: string) => Promise<Principal>;

/** Throws `invalid-input` for invalid options; the function it returns throws `AuthenticationError`. */
export function createJwtVerifier(options: JwtOptions): VerifyJwt {
  const verifiers = options.issuers.map((issuer) => verifierOf(issuer, options));
  const { roleClaim = 'clarion_role' } = options;
  const now = options.now ?? (() => new Date());
  return async (token) => {
    const { decodeJwt, jwtVerify } = await import('jose');
    const claimed = claimedIssuer(() => decodeJwt(token));
    // Several keys may be valid for one issuer during key rotation.
    const candidates = verifiers.filter(({ of }) => of.issuer === claimed);
    for (const { of, key, algorithms } of candidates) {
      const payload = await verified(async () => {
        const rules = {
          algorithms: [...algorithms],
          issuer: of.issuer,
          clockTolerance: leewaySeconds,
          currentDate: now(),
          requiredClaims: mayOmitExpiry(of) ? [] : ['exp'],
          ...(of.audience === undefined ? {} : { audience: of.audience }),
        };
        const material = await key();
        const result =
          typeof material === 'function'
            ? await jwtVerify(token, material, rules)
            : await jwtVerify(token, material, rules);
        return result.payload;
      });
      if (payload === undefined) continue;
      if (of.kind === 'shared-key') checkLifetime(payload, of, now());
      return principalOf(payload, of, roleClaim);
    }
    throw new AuthenticationError('jwt', 'The token is not valid');
  };
}

function verifierOf(of: SharedKeyIssuer | KeySetIssuer, options: JwtOptions): Verifier {
  if (of.issuer === '') throw new ClarionError('invalid-input', 'An issuer of tokens has no name');
  if (of.kind === 'shared-key') {
    if (of.key.byteLength < 32) {
      throw new ClarionError('invalid-input', 'The shared key for tokens is shorter than 32 bytes', {
        remedy: 'make one with: openssl rand -base64 32',
      });
    }
    return { of, key: () => Promise.resolve(of.key), algorithms: sharedAlgorithms };
  }
  const algorithms = of.algorithms ?? ['RS256', 'ES256'];
  const bad = algorithms.find((algorithm) => !publicAlgorithms.has(algorithm));
  if (bad !== undefined) {
    throw new ClarionError('invalid-input', `Signature algorithm ${bad} cannot be used with a key set`);
  }
  if (of.audience === '') throw new ClarionError('invalid-input', 'A key set needs an audience');
  const { egress } = options;
  if (egress === undefined) throw new ClarionError('invalid-input', 'A key set needs a way out');
  const keys = createKeySet(of.url, egress);
  return { of, key: () => keys.current(), algorithms };
}

function claimedIssuer(decode: () => JWTPayload): string | undefined {
  try {
    return decode().iss;
  } catch {
    throw new AuthenticationError('jwt', 'The token is not a JWT');
  }
}

/** The payload, or undefined for any token that does not verify. Errors on our side (no key set) are thrown. */
async function verified(verify: () => Promise<JWTPayload>): Promise<JWTPayload | undefined> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof ClarionError) throw error;
    return undefined;
  }
}

function mayOmitExpiry(of: SharedKeyIssuer | KeySetIssuer): boolean {
  return of.kind === 'shared-key' && of.mayOmitExpiry === true;
}

function checkLifetime({ iat, exp: expiry }: JWTPayload, of: SharedKeyIssuer, now: Date): void {
  const seconds = now.getTime() / 1000;
  const from = iat ?? seconds;
  if (from > seconds + leewaySeconds) throw new AuthenticationError('jwt', 'The token is from the future');
  const exp = expiry ?? (mayOmitExpiry(of) ? seconds : undefined);
  if (exp === undefined || exp - from > maxLifetimeSeconds + leewaySeconds) {
    throw new AuthenticationError('jwt', 'The token lives too long');
  }
}

function principalOf(payload: JWTPayload, of: SharedKeyIssuer | KeySetIssuer, roleClaim: string): Principal {
  const claim = Object.hasOwn(payload, roleClaim) ? payload[roleClaim] : undefined;
  const claimed = (Array.isArray(claim) ? (claim as readonly unknown[]) : [claim]).filter(isRole);
  // A claim without a known role grants nothing; without the claim, the configured role applies.
  const role = claim === undefined ? of.role : claimed[0];
  if (role === undefined) throw new AuthenticationError('jwt', 'The token grants no role');
  return { name: `${of.issuer} ${payload.sub ?? ''}`.trim().slice(0, 200), role, method: 'jwt' };
}
