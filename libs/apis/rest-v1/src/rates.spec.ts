import { connect, type AddressInfo } from 'node:net';
import { createAuthenticator } from '@clarion/authentication';
import { type RestService, startRestService } from '../testing/rest-service';

/**
 * Acts like clients that read nothing before the last byte of their request is sent. Resolves to the response, or the
 * error.
 */
function sendAllThenRead({ server }: RestService, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('error', ({ message }) => {
      resolve(message);
    });
    socket.write(request, () => {
      socket.on('data', (chunk) => {
        answer += chunk.toString();
        if (answer.endsWith('}')) socket.end();
      });
      socket.on('close', () => {
        resolve(answer);
      });
    });
  });
}

describe('rates', () => {
  it('of each caller are their own', async () => {
    const busy = await startRestService({ rate: { perSecond: 0.01, burst: 2 } });
    for (const status of [200, 200, 429, 429]) {
      const answer = await busy.ask('GET', '/api/v1/feeds', { token: 'reader' });
      expect(answer.status).toBe(status);
      if (status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(50);
    }
    expect((await busy.ask('GET', '/api/v1/feeds', { token: 'operator' })).status).toBe(200);
    await busy.close();
  });

  it('are reported also to callers who send all of a large body first', async () => {
    const busy = await startRestService({ rate: { perSecond: 0.01, burst: 2 } });
    const body = `{"reference":"${'x'.repeat(2 * 1024 ** 2 - 100)}"}`;
    const head = ['POST /api/v1/images HTTP/1.1', 'Host: a', 'Authorization: Bearer scanner'];
    const sizes = ['Content-Type: application/json', `Content-Length: ${body.length}`];
    const answered = await sendAllThenRead(busy, [...head, ...sizes, '', body].join('\r\n'));
    await busy.close();
    expect(answered).toMatch(/^HTTP\/1\.1 429 .*"status":429,.*\}$/s);
  });

  it('of failed attempts are by address, that of the caller behind trusted proxies', async () => {
    const authenticator = createAuthenticator({ tokens: () => [], failures: { burst: 1, refillMillis: 3_600_000 } });
    const behind = await startRestService({ authenticator, trustedProxies: ['127.0.0.0/8'] });
    const direct = await startRestService({ authenticator });
    const from = async (service: RestService, address: string, token: string) =>
      (await service.ask('GET', '/api/v1/feeds', { token, headers: { 'x-forwarded-for': address } })).status;
    expect(await from(behind, '203.0.113.1', 'a')).toBe(401);
    expect(await from(behind, '203.0.113.1', 'b')).toBe(429);
    expect(await from(behind, '203.0.113.2', 'c')).toBe(401);
    expect(await from(direct, '203.0.113.3', 'd')).toBe(401);
    expect(await from(direct, '203.0.113.4', 'e')).toBe(429);
    await Promise.all([behind.close(), direct.close()]);
  });

  it('of failed attempts are by address', async () => {
    const authenticator = createAuthenticator({ tokens: () => [], failures: { burst: 2, refillMillis: 60_000 } });
    const failures: string[] = [];
    const guessed = await startRestService({
      authenticator,
      onAuthenticationFailure: (method) => failures.push(method),
    });
    for (const status of [401, 401, 429]) {
      expect((await guessed.ask('GET', '/api/v1/feeds', { token: 'guess' })).status).toBe(status);
    }
    expect(failures).toEqual(['static', 'static', 'limited']);
    await guessed.close();
  });
});
