import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { defaultCallerLimits } from '@clarion/connections';
import { type ContentCoding, codings, decode, encode } from '@clarion/content-codings';
import { z } from 'zod';
import type { HttpAnswer, AnswerFile, EncodedBody } from './answer';
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
const asked: (ContentCoding | undefined)[] = [];
const encoded: EncodedBody = {
  bytes: text.length,
  in(coding) {
    asked.push(coding);
    return encode(Buffer.from(text), coding);
  },
  content() {
    asked.push(undefined);
    return file.content();
  },
};
const headers = { etag: '"tag"' };
const answers: Readonly<Record<string, HttpAnswer>> = {
  text: { status: 200, headers, text, mediaType: 'text/plain' },
  file: { status: 200, headers, file, mediaType: 'text/plain' },
  encoded: { status: 200, headers, encoded, mediaType: 'text/plain' },
  unchanged: { status: 304, headers },
  weak: { status: 200, headers: { etag: 'W/"tag"' }, text, mediaType: 'text/plain' },
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

describe('an answer is compressed as its caller prefers', () => {
  it.each<[path: string, encodings: string, coding: ContentCoding | undefined]>([
    ['/text', 'gzip, deflate, br', 'br'],
    ['/text', 'gzip, deflate', 'gzip'],
    ['/text', 'gzip;q=0.1, deflate', 'deflate'],
    ['/text', 'compress', undefined],
    ['/text', '', undefined],
    ['/text', 'gzip;q=0', undefined],
    ['/file', 'gzip', 'gzip'],
    ['/file', 'deflate', 'deflate'],
    ['/file', 'identity', undefined],
    ['/encoded', 'gzip', 'gzip'],
    ['/encoded', 'br;q=0.2, identity;q=0.1', 'br'],
    ['/encoded', 'identity', undefined],
    ['/short', 'gzip', undefined],
    ...codings.map((coding) => ['/file', coding, coding] as [string, string, ContentCoding]),
    ...codings.map((coding) => ['/encoded', coding, coding] as [string, string, ContentCoding]),
  ])('%s for "%s": %s', async (path, encodings, coding) => {
    closed.splice(0);
    asked.splice(0);
    const { answer, body } = await ask(path, encodings);
    const { 'content-encoding': used, vary, etag, 'content-type': type } = answer.headers;
    const tag = encodings === '' || /^(identity|compress|gzip;q=0)$/.test(encodings) ? '"tag"' : 'W/"tag"';
    expect([answer.statusCode, used, vary, etag, type]).toEqual([
      200,
      coding,
      'accept-encoding',
      tag,
      'text/plain; charset=utf-8',
    ]);
    const content = coding === undefined ? body : await decode(body, coding, text.length);
    expect(Buffer.from(content).toString()).toBe(path === '/short' ? 'short' : text);
    if (coding !== undefined) expect(body.length).toBeLessThan(text.length / 10);
    expect(closed).toEqual(path === '/file' ? ['file'] : []);
    expect(asked).toEqual(path === '/encoded' ? [coding] : []);
  });

  it.each([
    ['/unchanged', 'gzip', 'W/"tag"', 304],
    ['/unchanged', 'identity', '"tag"', 304],
    ['/weak', 'gzip', 'W/"tag"', 200],
    ['/weak', 'identity', 'W/"tag"', 200],
  ])('%s for "%s" has the tag %s', async (path, encodings, tag, status) => {
    const { answer } = await ask(path, encodings);
    expect([answer.statusCode, answer.headers.etag, answer.headers.vary]).toEqual([status, tag, 'accept-encoding']);
  });

  it('and a file that cannot be read ends the connection, and is closed', async () => {
    closed.splice(0);
    await expect(ask('/broken', 'gzip')).rejects.toThrow(/aborted|hang up/);
    expect(closed).toEqual(['file']);
  });

  it.each(
    ['/file', '/encoded', '/weak'].flatMap((path) =>
      ['gzip', 'br', 'identity'].map((coding) => [path, coding] as const),
    ),
  )('and HEAD has the headers of GET: %s for "%s"', async (path, encodings) => {
    const names = ['etag', 'vary', 'content-encoding', 'content-length', 'content-type'] as const;
    const [get, head] = [await ask(path, encodings), await ask(path, encodings, 'HEAD')];
    const headersOf = ({ answer }: typeof get) => names.map((name) => answer.headers[name]);
    expect(headersOf(head)).toEqual(headersOf(get));
    expect(head.body.length).toBe(0);
  });
});
