import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEgress } from '@clarion/egress';
import type { Log } from '@clarion/model';
import { readConfig } from '@clarion/service-runtime';
import { apiSettings } from '@clarion/settings';
import { namesCallers, openAuthenticator } from './open-authenticator';

const tokensOf = (token: string): string => `one:reader:${createHash('sha256').update(token).digest('hex')}`;
const key = Buffer.alloc(32, 3).toString('base64');
const required = { CLARION_SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') };

const warnings: string[] = [];
const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: (message) => warnings.push(message), error: ignore };
beforeEach(() => {
  warnings.length = 0;
});

function open(variables: Readonly<Record<string, string>>) {
  const { config, env } = { ...readConfig(apiSettings, { ...required, ...variables }), env: variables };
  return openAuthenticator(config, { egress: createEgress({}), log, env });
}

describe('callers of a configuration', () => {
  it.each<[variables: Readonly<Record<string, string>>, named: boolean]>([
    [{}, false],
    [{ CLARION_AUTH: 'off' }, false],
    [{ CLARION_TOKENS: tokensOf('a') }, true],
    [{ CLARION_JWT_KEY: key }, true],
    [{ CLARION_JWKS_URL: 'https://issuer.example/keys' }, true],
  ])('%j: named %p', (variables, named) => {
    expect(namesCallers(readConfig(apiSettings, { ...required, ...variables }).config)).toBe(named);
  });
});

describe('the authenticator of a configuration', () => {
  it.each<[what: string, variables: Readonly<Record<string, string>>, message: string]>([
    ['admits nobody', {}, 'Nobody could use the API'],
    ['has a key set without an issuer', { CLARION_JWKS_URL: 'https://issuer.example/keys' }, 'CLARION_JWKS_ISSUER'],
    [
      'has a key set without an audience',
      { CLARION_JWKS_URL: 'https://issuer.example/keys', CLARION_JWKS_ISSUER: 'https://issuer.example' },
      'CLARION_JWKS_AUDIENCE',
    ],
    [
      'has such a key set although authentication is off',
      { CLARION_AUTH: 'off', CLARION_JWKS_URL: 'https://issuer.example/keys' },
      'CLARION_JWKS_ISSUER',
    ],
    ['has invalid tokens', { CLARION_TOKENS: 'one:reader:secret' }, 'Line 1 of the API tokens'],
  ])('is rejected if it %s', (_, variables, message) => {
    expect(() => open(variables)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
    expect(() => open(variables)).toThrow(message);
  });

  it('warns if it is off', async () => {
    const caller = await open({ CLARION_AUTH: 'off' }).authenticate(undefined, '192.0.2.1');
    expect(caller).toMatchObject({ role: 'administrator', method: 'off' });
    expect(warnings).toEqual(['Callers are not authenticated: CLARION_AUTH is off']);
  });

  it('has the callers of its file of tokens, also after the file changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clarion-tokens-'));
    const file = join(folder, 'tokens');
    const nameOf = async (token: string): Promise<string> =>
      (await authenticator.authenticate(`Bearer ${token}`, '192.0.2.1')).name;
    writeFileSync(file, tokensOf('first'));
    const authenticator = open({ CLARION_TOKENS_FILE: file });
    expect(await nameOf('first')).toBe('one');
    await expect(nameOf('second')).rejects.toMatchObject({ name: 'AuthenticationError' });
    writeFileSync(file, `${tokensOf('second')}\n`);
    utimesSync(file, 1, 1);
    // Files are looked at every few seconds.
    jest.useFakeTimers({ now: Date.now() + 60_000 });
    expect(await nameOf('second')).toBe('one');
    await expect(nameOf('first')).rejects.toMatchObject({ name: 'AuthenticationError' });
    jest.useRealTimers();
    rmSync(folder, { recursive: true });
  });
});
