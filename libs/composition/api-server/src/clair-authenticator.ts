import { type Authenticator, createAuthenticator } from '@clarion/authentication';
import { ClarionError } from '@clarion/model';
import type { ConfigOf } from '@clarion/service-runtime';
import type { apiSettings } from '@clarion/settings';

type ClairAuthenticationConfig = Pick<
  ConfigOf<typeof apiSettings>,
  'auth' | 'clairKey' | 'clairIssuers' | 'failedAttempts'
>;

/** Tokens between the parts of Clair. */
const intraservice = { issuer: 'clair-intraservice', role: 'administrator' } as const;

/**
 * Callers of Clair's API: issuers with the pre-shared key, whose tokens are valid nowhere else, and those of the other
 * APIs. Throws `invalid-input` for issuers without a key, or one that is too short.
 */
export function clairAuthenticator(
  own: Authenticator,
  { auth, clairKey, clairIssuers, failedAttempts }: ClairAuthenticationConfig,
): Authenticator {
  if (auth === 'off' || clairIssuers.length === 0) return own;
  if (clairKey === undefined) {
    throw new ClarionError('invalid-input', 'CLARION_CLAIR_PSK_ISSUERS are of no use without CLARION_CLAIR_PSK', {
      remedy: 'set auth.psk.key of Clair as CLARION_CLAIR_PSK, or in a file as CLARION_CLAIR_PSK_FILE',
    });
  }
  const key = Buffer.from(clairKey, 'base64');
  const issuers = [intraservice, ...clairIssuers].map(
    (one) => ({ kind: 'shared-key', key, ...one, mayOmitExpiry: true }) as const,
  );
  const names = new Set(issuers.map(({ issuer }) => issuer));
  const psk = createAuthenticator({ jwt: { issuers }, failures: { burst: failedAttempts } });
  return {
    authenticate(authorization, address) {
      const isPsk = names.has(claimedIssuer(authorization) ?? '');
      return (isPsk ? psk : own).authenticate(authorization, address);
    },
  };
}

/** Not verified: it only decides who verifies the token. */
function claimedIssuer(authorization = ''): string | undefined {
  const [, claims = ''] = /^Bearer +[\w-]+\.([\w-]{1,8192})\.[\w-]+ *$/i.exec(authorization) ?? [];
  try {
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly iss?: unknown };
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}
