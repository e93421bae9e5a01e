import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, inflateSync } from 'node:zlib';
import { defaultCallerLimits } from '@clarion/connections';
import { z } from 'zod';
import type { HttpAnswer, AnswerFile } from './answer';
import { createHttpApi } from './http-api';
import { createHttpApplication } from './http-application';
import { createHttpServer } from './http-server';
import { httpRoute } from './route';

const text = 'a package with a version\n'.repeat(10_000);
const closed: string[] = [];
const file: AnswerFile = {
  bytes: text.length,
  async *content() {
    await Promise.resolve();
    for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
  },
  close() {
    closed.push('file');
    return Promise.resolve();
  },
};
const headers = { etag: '"tag"' };
const answers: Readonly<Record<string, HttpAnswer>> = {
  text: { status: 200, headers, text, mediaType: 'text/plain' },
  file: { status: 200, headers, file, mediaType: 'text/plain' },
  broken: {
    status: 200,
    file: {
      ...file,
      async *content() {
        yield* file.content();
        throw new Error('gone');
      },
    },
    mediaType: 'text/plain',
  },
  short: { status: 200, headers, text: 'short', mediaType: 'text/plain' },
};

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const renderError = () => ({ status: 500, code: 'internal', headers: {}, mediaType: 'text/plain', body: 'failed' });
let server: Server;
beforeAll(async () => {
  const none = z.strictObject({});
  const routes = Object.entries(answers).map(([name, answer]) =>
    httpRoute({
      ...{ method: 'get', path: `/${name}`, operation: name, access: undefined, params: none, query: none },
      handle: () => Promise.resolve(answer),
    }),
  );
  const anybody = { name: 'anybody', key: 'anybody', authorize: () => undefined };
  const authenticator = { authenticate: () => Promise.resolve(anybody) };
  const api = createHttpApi({ base: '', routes, services: undefined, authenticator, renderError, compressed: true });
  const app = createHttpApplication({ apis: [api], log, renderError });
  server = createHttpServer(app, { limits: defaultCallerLimits });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function ask(path: string, encodings: string, method = 'GET') {
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { port, path, method, agent: false, headers: { 'accept-encoding': encodings } };
    request(options, resolve).on('error', reject).end();
  });
  return { answer, body: await buffer(answer) };
}

const as = { identity: (bytes: Buffer) => bytes, gzip: gunzipSync, deflate: inflateSync } as const;

describe('an answer is compressed as its caller prefers', () => {
  it.each<[path: string, encodings: string, coding: keyof typeof as]>([
    ['/text', 'gzip, deflate, br', 'gzip'],
    ['/text', 'gzip;q=0.1, deflate', 'deflate'],
    ['/text', 'br', 'identity'],
    ['/text', '', 'identity'],
    ['/text', 'gzip;q=0', 'identity'],
    ['/file', 'gzip', 'gzip'],
    ['/file', 'deflate', 'deflate'],
    ['/file', 'identity', 'identity'],
    ['/short', 'gzip', 'identity'],
  ])('%s for "%s": %s', async (path, encodings, coding) => {
    closed.splice(0);
    const { answer, body } = await ask(path, encodings);
    const { 'content-encoding': used = 'identity', vary, etag } = answer.headers;
    expect([answer.statusCode, used, vary, etag]).toEqual([200, coding, 'accept-encoding', '"tag"']);
    expect(as[coding](body).toString()).toBe(path === '/short' ? 'short' : text);
    if (coding !== 'identity') expect(body.length).toBeLessThan(text.length / 10);
    expect(closed).toEqual(path === '/file' ? ['file'] : []);
  });

  it('and a file that cannot be read ends the connection, and is closed', async () => {
    closed.splice(0);
    await expect(ask('/broken', 'gzip')).rejects.toThrow(/aborted|hang up/);
    expect(closed).toEqual(['file']);
  });

  it('but not for HEAD, which reports the length', async () => {
    const { answer, body } = await ask('/file', 'gzip', 'HEAD');
    expect([answer.headers['content-length'], answer.headers['content-encoding'], body.length]).toEqual([
      String(text.length),
      undefined,
      0,
    ]);
  });
});
