import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ChannelCredentials, status } from '@grpc/grpc-js';
import { clarionV1 } from '@clarion/proto';
import {
  buildImage,
  buildTar,
  dockerArchiveMembers,
  file,
  makeCertificates,
  type TestCertificates,
} from '@clarion/test-kit';
import { gatewayApi, serveApi, type ServedApi, type EnvironmentVariables } from './served-api';

const token = 'a-token-of-an-administrator';
const tokens = `administrator:administrator:${createHash('sha256').update(token).digest('hex')}`;
const withTokens = { CLARION_TOKENS: tokens };

const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (issuer: string, more: object = {}): object => ({
  ...{ iss: issuer, sub: 'robot', exp: Math.floor(Date.now() / 1000) + 600, iat: Math.floor(Date.now() / 1000) },
  ...more,
});
const key = Buffer.alloc(32, 3);

function sharedKeyJwt(payload: object): string {
  const text = `${coded({ alg: 'HS256', typ: 'JWT' })}.${coded(payload)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** A key set at an address of this machine, and tokens of its issuer. */
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keySet = createServer((_request, response) => {
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
});

function keySetJwt(payload: object): string {
  const text = `${coded({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${coded(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), pair.privateKey).toString('base64url')}`;
}

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = makeCertificates();
  await new Promise<void>((resolve) => keySet.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  certificates.remove();
  keySet.close();
});

interface Asked {
  readonly bearer?: string;
  readonly path?: string;
  readonly forwardedFor?: string;
  readonly method?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

async function statusOf(
  api: ServedApi,
  { bearer, path = 'feeds', forwardedFor, method = 'GET', body }: Asked,
): Promise<number> {
  const response = await fetch(`http://${api.rest}/api/v1/${path}`, {
    method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
      ...(body === undefined ? {} : { 'content-type': 'application/x-tar' }),
    },
    ...(body === undefined ? {} : { body }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function statusesOf(api: ServedApi, all: readonly Asked[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const one of all) statuses.push(await statusOf(api, one));
  return statuses;
}

/** An upload with a layer that is larger than a KiB, compressed as well. */
const archive = new Uint8Array(
  buildTar(
    dockerArchiveMembers([buildImage({ layers: [[file('etc/motd', randomBytes(5000).toString('hex'))]] })], 'v1.1'),
  ),
);

const wrong = (n: number, forwardedFor: string): Asked => ({ bearer: `wrong-${n}`, forwardedFor });
const issuer = 'https://issuer.example';
const jwtKey = { CLARION_JWT_KEY: key.toString('base64') };

/** Variables, requests one after the other, and their status. */
const effects: readonly (readonly [string, () => EnvironmentVariables, () => readonly Asked[], readonly number[]])[] = [
  ['tokens', () => withTokens, () => [{ bearer: token }, { bearer: 'another' }, {}], [200, 401, 401]],
  ['no authentication', () => ({ CLARION_AUTH: 'off' }), () => [{}, { path: 'dead-letters' }], [200, 200]],
  [
    'JWTs with a shared key, their issuer and their audience',
    () => ({ ...jwtKey, CLARION_JWT_ISSUER: 'ci', CLARION_JWT_AUDIENCE: 'clarion' }),
    () => [
      { bearer: sharedKeyJwt(claims('ci', { aud: 'clarion' })) },
      { bearer: sharedKeyJwt(claims('ci', { aud: 'another' })) },
      { bearer: sharedKeyJwt(claims('another', { aud: 'clarion' })) },
    ],
    [200, 401, 401],
  ],
  [
    'the role of JWTs that name none',
    () => ({ ...jwtKey, CLARION_JWT_ROLE: 'operator' }),
    () => [{ bearer: sharedKeyJwt(claims('clarion')), path: 'dead-letters' }],
    [200],
  ],
  [
    'the claim with a role',
    () => ({ ...jwtKey, CLARION_ROLE_CLAIM: 'role' }),
    () => [
      { bearer: sharedKeyJwt(claims('clarion', { role: 'operator' })), path: 'dead-letters' },
      { bearer: sharedKeyJwt(claims('clarion', { clarion_role: 'operator' })), path: 'dead-letters' },
    ],
    [200, 403],
  ],
  [
    'JWTs of a key set, at an address that egress allows',
    () => ({
      CLARION_JWKS_URL: `http://127.0.0.1:${(keySet.address() as AddressInfo).port}/keys`,
      CLARION_JWKS_ISSUER: issuer,
      CLARION_JWKS_AUDIENCE: 'clarion',
      CLARION_EGRESS_ALLOWED_HOSTS: '127.0.0.1',
      CLARION_EGRESS_INSECURE_HOSTS: '127.0.0.1',
    }),
    () => [
      { bearer: keySetJwt(claims(issuer, { aud: 'clarion', clarion_role: 'reader' })) },
      { bearer: sharedKeyJwt(claims(issuer, { aud: 'clarion' })) },
    ],
    [200, 401],
  ],
  [
    'trusted proxies: attempts are limited by the address that they name',
    () => ({ ...withTokens, CLARION_FAILED_ATTEMPTS: '2', CLARION_TRUSTED_PROXIES: '127.0.0.1' }),
    () => [wrong(1, '192.0.2.1'), wrong(2, '192.0.2.1'), wrong(3, '192.0.2.1'), wrong(4, '192.0.2.2')],
    [401, 401, 429, 401],
  ],
  [
    'no trusted proxies: nobody can name another address',
    () => ({ ...withTokens, CLARION_FAILED_ATTEMPTS: '2' }),
    () => [wrong(1, '192.0.2.1'), wrong(2, '192.0.2.1'), wrong(3, '192.0.2.2')],
    [401, 401, 429],
  ],
  [
    'requests a second',
    () => ({ ...withTokens, CLARION_REQUESTS_PER_SECOND: '1' }),
    () => Array.from({ length: 12 }, () => ({ bearer: token })),
    [429],
  ],
  [
    'bytes of an upload',
    () => ({ ...withTokens, CLARION_UPLOAD_BYTES: '10' }),
    () => [{ bearer: token, method: 'POST', path: 'images', body: 'more than ten bytes' }],
    [413],
  ],
  ...(['CLARION_LAYER_BYTES', 'CLARION_LAYER_TAR_BYTES'] as const).map((variable): (typeof effects)[number] => [
    `the size of a layer in an upload (${variable})`,
    () => ({ ...withTokens, [variable]: '1KiB' }),
    () => [{ bearer: token, method: 'POST', path: 'images', body: archive }],
    [422],
  ]),
  [
    'layers in an upload that nothing limits',
    () => withTokens,
    () => [{ bearer: token, method: 'POST', path: 'images', body: archive }],
    [200],
  ],
];

/** Over TLS, with the certificate of a client or without. */
function tlsStatus(api: ServedApi, withCertificate: boolean): Promise<number | string> {
  const [host, port] = api.rest.split(':');
  const { ca, client } = certificates;
  const own = withCertificate ? { cert: client.certificate.pem, key: client.key.pem } : {};
  return new Promise((resolve) => {
    request({
      host,
      port,
      servername: 'localhost',
      path: '/api/v1/feeds',
      ca: ca.pem,
      ...own,
      headers: { authorization: `Bearer ${token}` },
    })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', () => {
        resolve('refused');
      })
      .end();
  });
}

function grpcFeeds(api: ServedApi, credentials: ChannelCredentials): Promise<string> {
  const client = new clarionV1.FeedServiceClient(api.grpc, credentials);
  return new Promise((resolve) => {
    client.listFeeds({}, (error) => {
      client.close();
      resolve(error === null ? 'OK' : status[error.code]);
    });
  });
}

describe.each([
  ['the API gateway', gatewayApi],
  ['clarion serve', serveApi],
] as const)('%s', (_, start) => {
  let api: ServedApi | undefined;
  const started = async (variables: EnvironmentVariables): Promise<ServedApi> => (api = await start(variables));
  afterEach(async () => {
    await api?.stop();
    api = undefined;
  });

  it.each(effects)('obeys the settings of %s', async (_name, variables, asked, expected) => {
    const served = await started(variables());
    const statuses = await statusesOf(served, asked());
    // For rate limits, check only that some request was rejected: which one depends on timing.
    if (expected.length < statuses.length) expect(statuses).toEqual(expect.arrayContaining([...expected]));
    else expect(statuses).toEqual(expected);
  });

  it('obeys the settings of TLS, over REST and gRPC', async () => {
    const { ca, server, client } = certificates;
    const served = await started({
      ...withTokens,
      CLARION_TLS_CERTIFICATE: server.certificate.pem,
      CLARION_TLS_KEY: server.key.pem,
      CLARION_TLS_CLIENT_CA: ca.pem,
    });
    expect([await tlsStatus(served, true), await tlsStatus(served, false)]).toEqual([200, 'refused']);
    const [authority, clientKey, certificate] = [ca.pem, client.key.pem, client.certificate.pem].map((pem) =>
      Buffer.from(pem),
    );
    expect(await grpcFeeds(served, ChannelCredentials.createSsl(authority, clientKey, certificate))).toBe(
      'UNAUTHENTICATED',
    );
  });

  it('measures requests, calls, failed authentication and limits', async () => {
    const served = await started({ ...withTokens, CLARION_UPLOAD_BYTES: '10', CLARION_FAILED_ATTEMPTS: '2' });
    await statusesOf(served, [
      { bearer: token },
      wrong(1, ''),
      { bearer: token, method: 'POST', path: 'images', body: 'more than ten bytes' },
    ]);
    await grpcFeeds(served, ChannelCredentials.createInsecure());
    const metrics = await served.metrics();
    for (const expected of [
      /clarion_http_request_duration_seconds_count\{(?=[^}]*route="\/api\/v1\/feeds")(?=[^}]*code="200")[^}]*\} 1/,
      /clarion_http_request_duration_seconds_count\{(?=[^}]*route="\/api\/v1\/feeds")(?=[^}]*code="401")[^}]*\} 1/,
      /clarion_auth_failures_total\{method="static"\} 1/,
      /clarion_limits_hit_total\{kind="body"\} 1/,
      /clarion_grpc_call_duration_seconds_count\{(?=[^}]*ListFeeds)(?=[^}]*UNAUTHENTICATED)[^}]*\} 1/,
    ])
      expect(metrics).toMatch(expected);
  });
});
