import { roles } from '@clarion/authentication';
import { integer, list, oneOf, setting, text, url } from '@clarion/service-runtime';

/** The callers of the API. */
export const authenticationSettings = {
  auth: setting('CLARION_AUTH', oneOf(['on', 'off']), {
    about: '`off`: every caller is an administrator. Only for trials on a closed network',
    default: 'on',
  }),
  tokens: setting('CLARION_TOKENS', text(), {
    about: 'Static tokens, one a line: `name:role:sha256 of the token`. A file is read again when it changes',
    optional: true,
    secret: true,
  }),
  jwtKey: setting('CLARION_JWT_KEY', text(), {
    about: 'Key in base64 (32 bytes or more) that callers sign JWTs with: HS256, HS384 or HS512',
    optional: true,
    secret: true,
  }),
  jwtIssuer: setting('CLARION_JWT_ISSUER', text(), { about: 'Issuer of JWTs with the shared key', default: 'clarion' }),
  jwtAudience: setting('CLARION_JWT_AUDIENCE', text(), {
    about: 'Audience of JWTs with the shared key; any unless set',
    optional: true,
  }),
  jwtRole: setting('CLARION_JWT_ROLE', oneOf(roles), {
    about: 'Role of JWTs with the shared key that name none',
    default: 'reader',
  }),
  jwksUrl: setting('CLARION_JWKS_URL', url(['https', 'http']), {
    about: 'Address of the key set of an OpenID Connect issuer',
    optional: true,
  }),
  jwksIssuer: setting('CLARION_JWKS_ISSUER', text(), { about: 'Issuer of JWTs of the key set', optional: true }),
  jwksAudience: setting('CLARION_JWKS_AUDIENCE', text(), { about: 'Audience of JWTs of the key set', optional: true }),
  jwksAlgorithms: setting('CLARION_JWKS_ALGORITHMS', list(), {
    about: 'Signatures of JWTs of the key set that are accepted',
    default: 'RS256,ES256',
  }),
  roleClaim: setting('CLARION_ROLE_CLAIM', text(), {
    about: 'Claim of a JWT with the role',
    default: 'clarion_role',
  }),
  failedAttempts: setting('CLARION_FAILED_ATTEMPTS', integer({ min: 1, max: 1000 }), {
    about:
      'Wrong tokens of one address, or attempts with one wrong token, before further attempts are refused for a while',
    default: '20',
  }),
};
