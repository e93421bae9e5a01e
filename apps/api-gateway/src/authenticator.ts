import { type Authenticator, createAuthenticator, type JwtOptions, parseTokens } from '@clarion/authentication';
import type { Egress } from '@clarion/egress';
import { ClarionError, type Log } from '@clarion/model';
import { type ConfigOf, followSecret } from '@clarion/service-runtime';
import { settings } from './config';

type Config = ConfigOf<typeof settings>;

/** Who may ask, as configuration says. Throws `invalid-input` for one that lets nobody in, or everybody by mistake. */
export function authenticatorOf(
  config: Config,
  { egress, log }: { readonly egress: Egress; readonly log: Log },
): Authenticator {
  const issuers = issuersOf(config);
  if (config.auth === 'off') {
    log.warn('Nobody is asked who they are: CLARION_AUTH is off');
    return createAuthenticator({ off: true });
  }
  if (config.tokens === undefined && issuers.length === 0) {
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
    tokens: followSecret({ setting: settings.tokens, text: tokens, parse, log }),
    ...(issuers.length === 0 ? {} : { jwt: { issuers, roleClaim, egress } }),
  });
}

function issuersOf(config: Config): JwtOptions['issuers'] {
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
