import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultCallerLimits } from '@clarion/connections';
import type { Log } from '@clarion/model';
import { until } from '@clarion/test-kit';
import { createHttpApplication } from './http-application';
import { createHttpServer } from './http-server';
import { adapterApi } from '../testing/adapter-api';
import { indexerApi, sharedKey } from '../testing/indexer-api';

const digest = `sha256:${'a'.repeat(64)}`;
const manifest = JSON.stringify({ hash: digest, layers: [{ hash: digest, uri: 'https://a.example/' }] });
const errorType = /^application\/vnd\.scanner\.adapter\.error\+json; version=1\.0/;

const lines: Record<string, unknown>[] = [];
const write = (message: string, fields = {}): void => void lines.push({ message, ...fields });
const log: Log = { debug: write, info: write, warn: write, error: write };

let server: Server;
beforeAll(async () => {
  const app = createHttpApplication({
    apis: [indexerApi(), adapterApi({ rate: { perSecond: 0.001, burst: 6 } })],
    log,
    renderError: () => ({ status: 404, code: 'nowhere', headers: {}, mediaType: 'text/plain', body: 'nowhere' }),
  });
  server = createHttpServer(app, { limits: defaultCallerLimits });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

interface Asked {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(method: string, path: string, { body, headers = {} }: Asked = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const response = await fetch(url, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function jwt(claims: object, key: Uint8Array = sharedKey): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

const inFiveMinutes = (): number => Math.floor(Date.now() / 1000) + 300;
const signed = (): Record<string, string> => ({
  authorization: `Bearer ${jwt({ iss: 'quay', exp: inFiveMinutes() })}`,
});
const keyed = { 'x-scanneradapter-api-key': 'adapter' };

describe('two APIs on one server', () => {
  it.each([
    ['no token', {}],
    ['the key of the other API', keyed],
    ['a token that another key signed', { authorization: `Bearer ${jwt({ iss: 'quay' }, new Uint8Array(32))}` }],
  ])('identify their callers in separate ways: %s is answered with 401 and nothing', async (_what, headers) => {
    const answer = await ask('GET', `/indexer/api/v1/index_report/${digest}`, { headers });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([401, '', null]);
  });

  it('and the other one requires a key in a custom header', async () => {
    const unknown = await ask('GET', '/adapter/api/v1/scan/x/report', { headers: signed() });
    expect([unknown.status, unknown.text]).toEqual([401, '{"error":{"message":"The API key is not valid"}}']);
    const newcomer = { 'x-scanneradapter-api-key': 'newcomer' };
    const forbidden = await ask('POST', '/adapter/api/v1/scan', { headers: newcomer, body: '{}' });
    expect([forbidden.status, forbidden.text]).toEqual([403, '{"error":{"message":"This key may not scan"}}']);
  });

  it.each<[what: string, method: string, path: string, status: number, code: string, body: string]>([
    ['a path that is not there', 'GET', '/indexer/api/v2', 404, 'not-found', ''],
    ['an address that cannot be decoded', 'GET', '/indexer/api/v1/index_report/%zz', 400, 'bad-request', ''],
    ['another method', 'PUT', '/indexer/api/v1/index_report', 405, 'method-not-allowed', ''],
    ['a digest of another kind', 'GET', '/indexer/api/v1/index_report/md5:x', 400, 'bad-request', ''],
    ['a report that is not there', 'GET', '/indexer/api/v1/index_report/sha256:0', 404, 'not-found', ''],
    ['no JSON', 'POST', '/indexer/api/v1/index_report', 400, 'bad-request', '{'],
    ['a manifest without layers', 'POST', '/indexer/api/v1/index_report', 400, 'bad-request', '{"hash":"é"}'],
  ])('have separate forms of errors: %s', async (_what, method, path, status, code, body) => {
    const answer = await ask(method, path, { headers: signed(), ...(body === '' ? {} : { body }) });
    expect(answer.status).toBe(status);
    const { message, ...rest } = JSON.parse(answer.text) as { message: string };
    expect(rest).toEqual({ code });
    expect(message).toMatch(/^[\x20-\x7e]+$/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('accept a body without a media type, and answer in a custom one with a line for each link', async () => {
    const bytes = new TextEncoder().encode(manifest);
    const made = await ask('POST', '/indexer/api/v1/index_report', { headers: signed(), body: bytes });
    expect([made.status, JSON.parse(made.text)]).toEqual([201, { manifest_hash: digest, layers: 1 }]);
    expect(made.headers.get('content-type')).toMatch(/^application\/vnd\.clair\.index_report\.v1\+json/);
    expect(made.headers.get('link')?.split(', ')).toHaveLength(2);
    expect(made.headers.get('location')).toBe(`/indexer/api/v1/index_report/${digest}`);
    // This API does not support idempotency keys: the same key does not repeat an answer.
    const other = manifest.replace('"layers"', '"more":1,"layers"');
    for (const body of [manifest, other]) {
      const headers = { ...signed(), 'idempotency-key': 'one' };
      expect((await ask('POST', '/indexer/api/v1/index_report', { headers, body })).status).toBe(201);
    }
    const tag = made.headers.get('etag') ?? '';
    const again = { headers: { ...signed(), 'if-none-match': `W/${tag}` } };
    const known = await ask('POST', '/indexer/api/v1/index_report', { ...again, body: bytes });
    expect([known.status, known.text]).toEqual([412, '']);
    const read = await ask('GET', `/indexer/api/v1/index_report/${digest}`, again);
    expect([read.status, read.text, read.headers.get('etag')]).toEqual([304, '', tag]);
  });

  it('have separate pages, and addresses outside of both are answered by the application', async () => {
    expect(await ask('GET', '/robots.txt')).toMatchObject({
      status: 200,
      text: expect.stringContaining('*') as string,
    });
    expect(await ask('GET', '/elsewhere')).toMatchObject({ status: 404, text: 'nowhere' });
    expect(await ask('GET', '/indexers')).toMatchObject({ status: 404, text: 'nowhere' });
  });

  it('distinguish a wrong field from a body that is not JSON, and count rates separately', async () => {
    const type = { 'content-type': 'application/vnd.scanner.adapter.scan.request+json; version=1.1' };
    const scan = (body: string) => ask('POST', '/adapter/api/v1/scan', { headers: { ...keyed, ...type }, body });
    const report = (id: string, headers = {}) =>
      ask('GET', `/adapter/api/v1/scan/${id}/report`, { headers: { ...keyed, ...headers } });
    const answers = [
      await scan('{'),
      await scan('{"artifact":{}}'),
      await scan('{"artifact":{"digest":"broken"}}'),
      await report('broken'),
      await report('broken', { accept: 'application/vnd.security.sbom.report+json; version=1.0' }),
      await report('none'),
      await report('none'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 422, 202, 500, 501, 404, 429]);
    for (const { status, headers, text } of answers.filter(({ status: of }) => of !== 202)) {
      expect(headers.get('content-type')).toMatch(errorType);
      expect([status, JSON.parse(text)]).toEqual([status, { error: { message: expect.any(String) as string } }]);
      expect(text).not.toContain('secret');
    }
    const failed = lines.filter(({ message }) => message === 'A request failed').map(({ error }) => error);
    expect(failed).toEqual([expect.any(TypeError)]);
    expect((await ask('GET', '/indexer/api/v1/index_report/sha256:0', { headers: signed() })).status).toBe(404);
  });

  it('write one line each to one log: route, name of the caller, code of the error', async () => {
    lines.splice(0);
    await ask('GET', '/indexer/api/v1/index_report/sha256:0', { headers: signed() });
    await ask('GET', '/adapter/api/v1/scan/x/report', { headers: { 'x-scanneradapter-api-key': 'guess' } });
    await until('both are in the log', () => lines.length === 2);
    expect(lines).toEqual([
      expect.objectContaining({ route: '/indexer/api/v1/index_report/{digest}', status: 404, code: 'not-found' }),
      expect.objectContaining({ route: '/adapter/api/v1/scan/{id}/report', status: 401, code: 'unauthenticated' }),
    ]);
    expect(lines.map((line) => line['caller'])).toEqual([expect.stringContaining('quay'), undefined]);
    expect(JSON.stringify(lines)).not.toMatch(/guess|Bearer/);
  });
});
