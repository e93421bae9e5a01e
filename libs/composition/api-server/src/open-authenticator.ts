import { type Authenticator, createAuthenticator, type JwtOptions, parseTokens } from '@clarion/authentication';
import type { Egress } from '@clarion/egress';
import { ClarionError, type Log } from '@clarion/model';
import { type ConfigOf, type ProcessEnvironment, followSecret } from '@clarion/service-runtime';
import { apiSettings } from '@clarion/settings';

type AuthenticationConfig = Pick<
  ConfigOf<typeof apiSettings>,
  | 'auth'
  | 'tokens'
  | 'jwtKey'
  | 'jwtIssuer'
  | 'jwtAudience'
  | 'jwtRole'
  | 'jwksUrl'
  | 'jwksIssuer'
  | 'jwksAudience'
  | 'jwksAlgorithms'
  | 'roleClaim'
  | 'failedAttempts'
>;

export interface AuthenticatorContext {
  /** For the key set of an issuer. */
  readonly egress: Egress;
  readonly log: Log;
  /** The environment that may name a file with tokens; that of the process unless given. */
  readonly env?: ProcessEnvironment;
}

/** Whether the configuration has callers: static tokens, or token issuers. */
export function namesCallers({ tokens, jwtKey, jwksUrl }: AuthenticationConfig): boolean {
  return (tokens ?? jwtKey ?? jwksUrl) !== undefined;
}

/**
 * The authenticator of the configuration. Throws `invalid-input` for one that admits nobody, or everybody by mistake.
 */
export function openAuthenticator(
  config: AuthenticationConfig,
  { egress, log, env = process.env }: AuthenticatorContext,
): Authenticator {
  const issuers = issuersOf(config);
  if (config.auth === 'off') {
    log.warn('Callers are not authenticated: CLARION_AUTH is off');
    return createAuthenticator({ off: true });
  }
  if (!namesCallers(config)) {
    throw new ClarionError(
      'invalid-input',
      'Nobody could use the API: there are neither tokens nor issuers of tokens',
      {
        remedy: 'set CLARION_TOKENS, CLARION_JWT_KEY or CLARION_JWKS_URL, or CLARION_AUTH=off for a trial',
      },
    );
  }
  const { roleClaim, tokens, failedAttempts } = config;
  const parse = (text = ''): ReturnType<typeof parseTokens> => parseTokens(text);
  return createAuthenticator({
    failures: { burst: failedAttempts },
    tokens: followSecret({ setting: apiSettings.tokens, text: tokens, parse, log, env }),
    ...(issuers.length === 0 ? {} : { jwt: { issuers, roleClaim, egress } }),
  });
}

function issuersOf(config: AuthenticationConfig): JwtOptions['issuers'] {
  const { jwtKey, jwtIssuer, jwtAudience, jwtRole, jwksUrl, jwksIssuer, jwksAudience, jwksAlgorithms } = config;
  const issuers: JwtOptions['issuers'][number][] = [];
  if (jwtKey !== undefined) {
    issuers.push({
      kind: 'shared-key',
      key: Buffer.from(jwtKey, 'base64'),
      issuer: jwtIssuer,
      role: jwtRole,
      ...(jwtAudience === undefined ? {} : { audience: jwtAudience }),
    });
  }
  if (jwksUrl === undefined) return issuers;
  if (jwksIssuer === undefined || jwksAudience === undefined) {
    throw new ClarionError('invalid-input', 'A key set needs CLARION_JWKS_ISSUER and CLARION_JWKS_AUDIENCE');
  }
  const rest = { issuer: jwksIssuer, audience: jwksAudience, algorithms: jwksAlgorithms };
  return [...issuers, { kind: 'key-set', url: jwksUrl, ...rest }];
}
