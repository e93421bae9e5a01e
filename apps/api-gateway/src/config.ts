import { roles } from '@clarion/authentication';
import {
  busSettings,
  connectionSettings,
  detectorSettings,
  duration,
  egressSettings,
  feedSettings,
  integer,
  layerPortSettings,
  layerTimeSettings,
  list,
  oneOf,
  port,
  processSettings,
  requestSettings,
  sealingSettings,
  servingSettings,
  setting,
  size,
  storeSettings,
  text,
  url,
  webhookPortSettings,
} from '@clarion/service-runtime';

/** Who may ask. */
const authenticationSettings = {
  auth: setting('CLARION_AUTH', oneOf(['on', 'off']), {
    about: '`off`: everybody is an administrator. For trials on a closed network, and nothing else',
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
    about: 'Claim of a JWT that holds the role',
    default: 'clarion_role',
  }),
};

/** Settings of the API gateway. */
export const settings = {
  ...processSettings,
  ...servingSettings,
  ...connectionSettings,
  ...requestSettings,
  ...storeSettings,
  ...busSettings,
  ...detectorSettings,
  ...sealingSettings,
  ...egressSettings,
  ...layerPortSettings,
  ...layerTimeSettings,
  ...webhookPortSettings,
  ...feedSettings,
  ...authenticationSettings,
  restPort: setting('CLARION_REST_PORT', port(), { about: 'Port of REST', default: '8080' }),
  grpcPort: setting('CLARION_GRPC_PORT', port(), { about: 'Port of gRPC', default: '9090' }),
  publicUrl: setting('CLARION_PUBLIC_URL', url(['https', 'http']), {
    about: 'Address of the API as receivers of webhooks reach it',
    default: 'http://localhost:8080',
  }),
  trustedProxies: setting('CLARION_TRUSTED_PROXIES', list(), {
    about: 'Addresses or networks of proxies whose `X-Forwarded-For` or `Forwarded` is believed',
    default: '',
  }),
  waitingLayers: setting('CLARION_WAITING_LAYERS', integer({ min: 1 }), {
    about: 'Layers of one caller that may wait before its submissions are refused; of all callers, ten times as many',
    default: '10000',
  }),
  uploadBytes: setting('CLARION_UPLOAD_BYTES', size(), {
    about: 'Most bytes of an uploaded archive, as it comes and unpacked; both need this room in TMPDIR',
    default: '10GiB',
  }),
  uploads: setting('CLARION_UPLOADS', integer({ min: 1, max: 64 }), {
    about: 'Archives that are taken at the same time, and one more of a caller whom others would keep out',
    default: '2',
  }),
  layerMemory: setting('CLARION_LAYER_MEMORY', size(), {
    about: 'Most memory of a process that reads uploaded archives; there are as many as CLARION_UPLOADS, and one more',
    default: '512MiB',
  }),
  requestsPerSecond: setting('CLARION_REQUESTS_PER_SECOND', integer({ min: 1 }), {
    about: 'Requests a second of one caller that go on for ever; four times as many at once',
    default: '50',
  }),
  reconcileMillis: setting('CLARION_RECONCILE', duration(), {
    about: 'How often work that a crash has lost is looked for',
    default: '60s',
  }),
};
