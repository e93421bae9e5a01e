import { createHmac } from 'node:crypto';
import { createAuthenticator } from '@clarion/authentication';
import { readConfig } from '@clarion/service-runtime';
import { apiSettings } from '@clarion/settings';
import { clairAuthenticator } from './clair-authenticator';

const key = Buffer.alloc(40, 3);
const sealed = { CLARION_SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') };
const configured = (env: Readonly<Record<string, string>>) => readConfig(apiSettings, { ...sealed, ...env }).config;
const both = { CLARION_CLAIR_PSK: key.toString('base64'), CLARION_CLAIR_PSK_ISSUERS: 'quay,clairctl=scanner' };
const nobody = createAuthenticator({});

function jwt(claims: object, { alg = 'HS256', signer = key }: { alg?: string; signer?: Uint8Array } = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  const hash = alg.startsWith('HS') ? `sha${alg.slice(2)}` : 'sha256';
  return `Bearer ${signed}.${alg === 'none' ? '' : createHmac(hash, signer).update(signed).digest('base64url')}`;
}

const now = Math.floor(Date.now() / 1000);
const exp = now + 300;

describe('callers of Clair v4', () => {
  const clair = clairAuthenticator(nobody, configured(both));

  it.each<[what: string, token: string, role: string]>([
    ['Quay, whose tokens only expire', jwt({ iss: 'quay', exp }), 'administrator'],
    ['clairctl', jwt({ iss: 'clairctl', iat: now, nbf: now - 60, exp: now + 60 }), 'scanner'],
    ['a part of Clair', jwt({ iss: 'clair-intraservice', exp }), 'administrator'],
    ['HS384', jwt({ iss: 'quay', exp }, { alg: 'HS384' }), 'administrator'],
    ['HS512', jwt({ iss: 'quay', exp }, { alg: 'HS512' }), 'administrator'],
    ['a clock that is 10 s behind', jwt({ iss: 'quay', exp: now - 10 }), 'administrator'],
    ['a token without any time', jwt({ iss: 'quay' }), 'administrator'],
    ['a token that was issued lately and never expires', jwt({ iss: 'quay', iat: now - 3000 }), 'administrator'],
  ])('may be %s', async (_what, token, role) => {
    expect(await clair.authenticate(token, 'a')).toMatchObject({ role });
  });

  it.each([
    ['of an issuer that is not configured', jwt({ iss: 'other', exp })],
    ['without an issuer', jwt({ exp })],
    ['that expired', jwt({ iss: 'quay', exp: now - 60 })],
    ['that is not valid yet', jwt({ iss: 'quay', exp, nbf: now + 60 })],
    ['from the future', jwt({ iss: 'quay', exp, iat: now + 60 })],
    ['that lives longer than an hour', jwt({ iss: 'quay', iat: now, exp: now + 7200 })],
    ['that was issued long ago and never expires', jwt({ iss: 'quay', iat: now - 7200 })],
    ['with another key', jwt({ iss: 'quay', exp }, { signer: Buffer.alloc(40, 4) })],
    ['without a signature', jwt({ iss: 'quay', exp }, { alg: 'none' })],
    ['that cannot be read', 'Bearer x'],
    ['in another scheme', 'Basic cXVheTpxdWF5'],
  ])('have no token %s', async (_what, token) => {
    await expect(clair.authenticate(token, 'b')).rejects.toMatchObject({ name: 'AuthenticationError' });
  });
});

describe('the configuration', () => {
  it('without issuers, or with authentication off, adds no callers', () => {
    expect(clairAuthenticator(nobody, configured({}))).toBe(nobody);
    expect(clairAuthenticator(nobody, configured({ ...both, CLARION_AUTH: 'off' }))).toBe(nobody);
  });

  it.each([
    ['issuers without a key', { CLARION_CLAIR_PSK_ISSUERS: 'quay' }],
    ['a key that is too short', { ...both, CLARION_CLAIR_PSK: Buffer.alloc(8).toString('base64') }],
  ])('is an error with %s', (_what, env) => {
    expect(() => clairAuthenticator(nobody, configured(env))).toThrow(/CLARION_CLAIR_PSK|shorter/);
  });

  it.each(['quay=boss', '=reader', 'quay=reader=x'])('has no issuer %s', (CLARION_CLAIR_PSK_ISSUERS) => {
    expect(() => configured({ CLARION_CLAIR_PSK_ISSUERS })).toThrow('CLARION_CLAIR_PSK_ISSUERS');
  });
});
