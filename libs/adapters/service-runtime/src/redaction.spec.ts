import { ClarionError } from '@clarion/model';

import { redactFields, redactText, urlForLog } from './redaction';

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

describe('urlForLog', () => {
  it.each([
    ['https://cdn.example/blob/1?Expires=1&Signature=abc&Key-Pair-Id=K', 'https://cdn.example/blob/1?…'],
    ['https://alice:s3cret@registry.example:5000/v2/', 'https://registry.example:5000/v2/'],
    ['nats://user:pass@nats:4222', 'nats://nats:4222'],
    ['mongodb://u:p@a,b/db?authSource=admin', 'mongodb://a,b/db?…'],
    ['https://a/b#access_token=x', 'https://a/b'],
    ['/v2/_catalog?n=1', '/v2/_catalog'],
    ['u:p@host', 'host'],
  ])('%s → %s', (url, shown) => {
    expect(urlForLog(url)).toBe(shown);
  });
});

describe('redactText', () => {
  it.each([
    ['failed: Authorization: Bearer abcdefgh.ijkl', 'failed: Authorization: Bearer [redacted]'],
    ['Basic YWxpY2U6czNjcmV0', 'Basic [redacted]'],
    [`jwt ${jwt} is old`, 'jwt [redacted] is old'],
    ['key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'key [redacted]'],
    ['get https://u:p@h/p?sig=1 failed', 'get https://h/p?… failed'],
    ['a basic test', 'a basic test'],
    ['-----BEGIN NKEY-----SUABC', '[redacted]'],
  ])('%s', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });

  // So long that a pattern which backtracks would not end.
  it('limits what it prints of hostile texts', () => {
    for (const piece of ['eyJ', 'eyJaaaaaaaa.', 'Bearer ', 'https://', 'a+', '-----BEGIN ', ' ']) {
      expect(redactText(piece.repeat(2_000_000 / piece.length)).length).toBeLessThan(20_000);
    }
  });
});

describe('redactFields', () => {
  it.each([
    [{ authorization: 'Basic x' }, { authorization: '[redacted]' }],
    [{ headers: { Cookie: 'a=b', accept: '*/*' } }, { headers: { Cookie: '[redacted]', accept: '*/*' } }],
    [{ 'X-ScannerAdapter-API-Key': 'k' }, { 'X-ScannerAdapter-API-Key': '[redacted]' }],
    [{ list: [{ accessToken: 'x' }] }, { list: [{ accessToken: '[redacted]' }] }],
    [{ registryPassword: ['a'] }, { registryPassword: '[redacted]' }],
    [{ webhook_secret: { raw: 1 } }, { webhook_secret: '[redacted]' }],
    [
      { tokens: 5, hasSecret: true, password: null },
      { tokens: 5, hasSecret: true, password: null },
    ],
    [{ url: new URL('https://u:p@h/x?y') }, { url: 'https://h/x?…' }],
    [
      { map: new Map([['token', 'x']]), set: new Set([1]) },
      { map: { token: '[redacted]' }, set: [1] },
    ],
    [
      { big: 12n, bytes: new Uint8Array(3), at: new Date(0) },
      { big: '12', bytes: '3 bytes', at: '1970-01-01T00:00:00.000Z' },
    ],
  ])('%#', (fields, shown) => {
    expect({ ...redactFields(fields) }).toEqual(shown);
  });

  it('shows errors with code, remedy and cause', () => {
    const cause = new Error('GET https://h/p?sig=1 failed');
    const error = new ClarionError('not-found', 'No layer', { cause, remedy: 'push it' });
    expect(redactFields({ error })['error']).toMatchObject({
      type: 'ClarionError',
      code: 'not-found',
      message: 'No layer',
      remedy: 'push it',
      cause: { type: 'Error', message: 'GET https://h/p?… failed' },
    });
  });

  it('terminates for circular values, and for large ones', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(JSON.stringify(redactFields({ loop })).length).toBeLessThan(200);
    expect(redactFields({ list: Array.from({ length: 1000 }, () => 1) })['list']).toHaveLength(101);
    expect(
      Object.keys(redactFields(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i])))),
    ).toHaveLength(101);
  });

  it('does not touch prototypes', () => {
    const fields = JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    redactFields(fields);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
