import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '@clarion/egress';
import { exportJWK, SignJWT } from 'jose';
import { type Authenticator, createAuthenticator } from './authenticator';
import { createFailureLimit } from './failure-limit';
import type { SharedKeyIssuer } from './jwt';
import { callerOf } from './principal';
import { allows, roles } from './roles';
import { parseTokens } from './static-tokens';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const key = randomBytes(64);
const shared: SharedKeyIssuer = { kind: 'shared-key', key, issuer: 'ours', role: 'scanner' };
const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

const resultOf = async (authenticator: Authenticator, token: string | undefined): Promise<string> => {
  try {
    const header = token === undefined ? undefined : `Bearer ${token}`;
    const { role, name, method } = await authenticator.authenticate(header, '192.0.2.1');
    return `${method} ${role} ${name}`;
  } catch (error) {
    return (error as { method?: string }).method ?? String(error);
  }
};

describe('roles', () => {
  it.each(roles.flatMap((role, has) => roles.map((needed, asks) => [role, needed, has >= asks] as const)))(
    '%s may do what requires %s: %s',
    (role, needed, expected) => {
      expect(allows(role, needed)).toBe(expected);
    },
  );
});

describe('static tokens', () => {
  const tokens = parseTokens(`# ours\n\nci:scanner:${hashOf('one')}\r\nops:operator:${hashOf('two')}\n`);
  const authenticator = createAuthenticator({ tokens: () => tokens, failures: { burst: 1000 } });

  it.each([
    ['one', 'static scanner ci'],
    ['two', 'static operator ops'],
    ['three', 'static'],
    [hashOf('one'), 'static'],
    ['', 'none'],
    [undefined, 'none'],
    ['a b', 'none'],
    ['a.b.c', 'static'],
  ])('%p: %s', async (token, expected) => {
    expect(await resultOf(authenticator, token)).toBe(expected);
  });

  it.each(['Basic b25l', 'one', 'Bearer', 'bearer  one,', `Bearer ${'a'.repeat(20_000)}`])(
    'the header %p is rejected',
    async (header) => {
      await expect(authenticator.authenticate(header.slice(0, 30_000), 'x')).rejects.toThrow();
    },
  );

  it.each([
    ['ci:scanner', 1],
    [`ci:boss:${hashOf('x')}`, 1],
    [`\nci:scanner:${hashOf('x').toUpperCase()}`, 2],
    [`a b:scanner:${hashOf('x')}`, 1],
    [`a:scanner:${hashOf('x')}\na:reader:${hashOf('y')}`, 2],
    ['ci:scanner:the-token-itself', 1],
  ])('the line %p is rejected, without being repeated', (text, line) => {
    expect(() => parseTokens(text)).toThrow(`Line ${line} of the API tokens`);
    expect(() => parseTokens(text)).not.toThrow(/the-token-itself/);
  });
});

describe('JWTs with a shared key', () => {
  const authenticator = createAuthenticator({ jwt: { issuers: [shared] }, failures: { burst: 1000 } });
  const sign = (claims: object, algorithm = 'HS256', secret = key): Promise<string> =>
    new SignJWT({ iss: 'ours', sub: 'me', iat: soon(0), exp: soon(60), ...claims })
      .setProtectedHeader({ alg: algorithm })
      .sign(secret);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each<[string, () => Promise<string>, string]>([
    ['HS256', () => sign({}), 'jwt scanner ours me'],
    ['HS384', () => sign({}, 'HS384'), 'jwt scanner ours me'],
    ['HS512', () => sign({}, 'HS512'), 'jwt scanner ours me'],
    ['a role', () => sign({ clarion_role: 'operator' }), 'jwt operator ours me'],
    ['a list of roles', () => sign({ clarion_role: ['x', 'reader'] }), 'jwt reader ours me'],
    ['an invalid role', () => sign({ clarion_role: 'root' }), 'jwt'],
    ['an empty role', () => sign({ clarion_role: null }), 'jwt'],
    ['another key', () => sign({}, 'HS256', randomBytes(64)), 'jwt'],
    ['another issuer', () => sign({ iss: 'theirs' }), 'jwt'],
    ['no issuer', () => sign({ iss: undefined }), 'jwt'],
    ['an end that is over', () => sign({ exp: soon(-20) }), 'jwt'],
    ['an end within the leeway', () => sign({ exp: soon(-5) }), 'jwt scanner ours me'],
    ['no end', () => sign({ exp: undefined }), 'jwt'],
    ['a long life', () => sign({ exp: soon(3700) }), 'jwt'],
    ['a long life and no beginning', () => sign({ iat: undefined, exp: soon(7200) }), 'jwt'],
    ['a beginning in the future', () => sign({ iat: soon(60), exp: soon(90) }), 'jwt'],
    ['not before later', () => sign({ nbf: soon(60) }), 'jwt'],
    ['no signature', async () => `${encode({ alg: 'none' })}.${(await sign({})).split('.')[1] ?? ''}.`, 'static'],
    [
      'alg none with a signature',
      async () => `${encode({ alg: 'none' })}.${(await sign({})).split('.')[1] ?? ''}.AAAA`,
      'jwt',
    ],
    ['a critical header', () => craft({ alg: 'HS256', crit: ['x'], x: 1 }), 'jwt'],
    ['parts that are not JSON', () => Promise.resolve('a.b.c'), 'jwt'],
  ])('%s', async (_what, token, expected) => {
    expect(await resultOf(authenticator, await token())).toBe(expected);
  });

  async function craft(header: object): Promise<string> {
    const content = `${encode(header)}.${(await sign({})).split('.')[1] ?? ''}`;
    return `${content}.${createHmac('sha256', key).update(content).digest('base64url')}`;
  }

  it('rejects keys that can be guessed', () => {
    const short = { ...shared, key: randomBytes(31) };
    expect(() => createAuthenticator({ jwt: { issuers: [short] } })).toThrow('shorter than 32 bytes');
  });
});

describe('JWTs of a key set', () => {
  const first = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let published: object[] = [];
  let asked = 0;
  let down = false;
  let server: Server;
  let authenticator: Authenticator;
  const egress = createEgress({ privateNetworks: true, proxy: {} }, { limits: { retries: 0 } });
  beforeAll(async () => {
    const jwk = { ...(await exportJWK(first.publicKey)), kid: 'one', alg: 'ES256' };
    published = [jwk];
    server = createServer((_request, response) => {
      asked += 1;
      if (down) response.writeHead(500).end();
      else response.end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const issuer = { kind: 'key-set', url, issuer: 'https://id.example', audience: 'clarion', role: 'reader' } as const;
    authenticator = createAuthenticator({ jwt: { issuers: [issuer], egress }, failures: { burst: 1000 } });
  });
  afterAll(async () => {
    server.close();
    await egress.close();
  });

  const sign = (claims: object, kid = 'one', privateKey = first.privateKey): Promise<string> =>
    new SignJWT({ iss: 'https://id.example', aud: 'clarion', sub: 'me', exp: soon(7200), ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);

  it('are verified, and the key set is fetched once', async () => {
    expect(await resultOf(authenticator, await sign({}))).toBe('jwt reader https://id.example me');
    expect(await resultOf(authenticator, await sign({ clarion_role: 'administrator' }))).toMatch(/^jwt administrator/);
    expect(asked).toBe(1);
  });

  it.each<[string, () => Promise<string>]>([
    ['another audience', () => sign({ aud: 'other' })],
    ['no audience', () => sign({ aud: undefined })],
    ['another issuer', () => sign({ iss: 'https://evil.example' })],
    ['another key under the same id', () => sign({}, 'one', second.privateKey)],
    ['an unknown key', () => sign({}, 'two', second.privateKey)],
    [
      'the public key taken for a shared one',
      async () => {
        const secret = Buffer.from(JSON.stringify(published[0]));
        return new SignJWT({ iss: 'https://id.example', aud: 'clarion', exp: soon(60) })
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .sign(await Promise.resolve(secret));
      },
    ],
  ])('with %s are rejected', async (_what, token) => {
    expect(await resultOf(authenticator, await token())).toBe('jwt');
  });

  it('do not cause repeated requests for the key set', () => {
    expect(asked).toBeLessThanOrEqual(2);
  });

  it('still verify while the key set is unavailable', async () => {
    down = true;
    expect(await resultOf(authenticator, await sign({}))).toMatch(/^jwt reader/);
  });

  it.each([
    ['a shared-key algorithm', { algorithms: ['HS256'] }],
    ['no signature at all', { algorithms: ['none'] }],
    ['an empty audience', { audience: '' }],
  ])('cannot be configured with %s', (_what, change) => {
    const issuer = { kind: 'key-set', url: 'https://id.example/k', issuer: 'i', audience: 'a', ...change } as const;
    expect(() => createAuthenticator({ jwt: { issuers: [issuer], egress } })).toThrow();
  });
});

describe('failed attempts', () => {
  const tokens = parseTokens(`ci:scanner:${hashOf('one')}`);
  const jwt = { issuers: [shared] };

  it('never lock out a token that is valid', async () => {
    const authenticator = createAuthenticator({ tokens: () => tokens });
    const methods: string[] = [];
    for (let tries = 0; tries < 25; tries += 1) {
      const failed = authenticator.authenticate(`Bearer no-${tries}`, 'a').catch((error: unknown) => error);
      methods.push(((await failed) as { method: string }).method);
    }
    expect(methods).toEqual([...Array<string>(20).fill('static'), ...Array<string>(5).fill('limited')]);
    expect(await authenticator.authenticate('Bearer one', 'a')).toMatchObject({ role: 'scanner', name: 'ci' });
    await expect(authenticator.authenticate(undefined, 'a')).rejects.toMatchObject({ method: 'none' });
  });

  it('are limited by address, and by token wherever it comes from', async () => {
    const authenticator = createAuthenticator({ jwt, failures: { burst: 2, refillMillis: 3_600_000 } });
    const from = (token: string, address: string) =>
      authenticator.authenticate(`Bearer ${token}`, address).catch((error: unknown) => error);
    for (const token of ['x.y.1', 'x.y.2']) expect(await from(token, 'a')).toMatchObject({ method: 'jwt' });
    const good = await new SignJWT({ iss: 'ours', iat: soon(0), exp: soon(60) })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key);
    // A caller over the limit waits, whatever it tries next; a caller just below it does not.
    for (const token of ['x.y.5', 'x'])
      expect(await from(token, 'a')).toMatchObject({
        method: 'limited',
        retryAfterSeconds: expect.any(Number) as number,
      });
    expect(await from(good, 'a')).toMatchObject({ role: 'scanner' });
    expect(await from(good, 'b')).toMatchObject({ role: 'scanner' });
    for (const address of ['c', 'd']) expect(await from('x.y.3', address)).toMatchObject({ method: 'jwt' });
    expect(await from('x.y.3', 'e')).toMatchObject({ method: 'limited' });
    expect(await from('x.y.4', 'e')).toMatchObject({ method: 'jwt' });
  });

  it('expire with time', () => {
    let now = 0;
    const limit = createFailureLimit({ burst: 2, refillMillis: 1000 }, () => now);
    for (let failures = 0; failures < 2; failures += 1) limit.failed('a');
    expect(limit.blockedFor('a')).toBe(1);
    now = 2000;
    expect(limit.blockedFor('a')).toBeUndefined();
  });

  it('name callers by their token, and by their address where authentication is off', () => {
    const token = { name: 'ci', role: 'scanner', method: 'static' } as const;
    const open = { name: 'anonymous', role: 'administrator', method: 'off' } as const;
    const names = [
      callerOf(token, '192.0.2.1'),
      callerOf({ ...token, method: 'jwt' }, '192.0.2.1'),
      callerOf({ ...token, name: 'cd' }, '192.0.2.1'),
      callerOf(open, '192.0.2.1'),
      callerOf(open, '192.0.2.2'),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(callerOf({ ...token, role: 'reader' }, '192.0.2.3')).toBe(names[0]);
    expect(names.filter((name) => !/^[\w-]{22}$/.test(name))).toEqual([]);
  });

  it('off admits everybody, as documented', async () => {
    expect(await resultOf(createAuthenticator({ off: true }), undefined)).toBe('off administrator anonymous');
  });
});
