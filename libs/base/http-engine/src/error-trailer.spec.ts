import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { buffer, text as textOf } from 'node:stream/consumers';
import { defaultCallerLimits } from '@clarion/connections';
import { z } from 'zod';
import type { AnswerFile, HttpAnswer } from './answer';
import { createHttpApi } from './http-api';
import { createHttpApplication } from './http-application';
import { createHttpServer } from './http-server';
import { httpRoute } from './route';

// No coding makes it so small that nothing of it is sent at once.
const text = randomBytes(300_000).toString('base64');
const fileOf = (end: () => void | Promise<void>, begin: () => void): AnswerFile => ({
  bytes: text.length,
  async *content() {
    await Promise.resolve();
    begin();
    yield Buffer.from(text);
    await end();
  },
  close: () => Promise.resolve(),
});
const whole = (): void => undefined;
const gone = (): never => {
  throw new Error('the disk of 10.0.0.7 is gone');
};
/** The caller got the beginning. */
let arrived: (() => void) | undefined;
const goneLater = async (): Promise<void> => {
  await new Promise<void>((resolve) => (arrived = resolve));
  gone();
};
const headers = { etag: '"state"', link: ['<a>', '<b>'] };
const answers: Readonly<Record<string, HttpAnswer>> = {
  json: { status: 200, headers, json: { text } },
  file: { status: 200, headers, file: fileOf(whole, whole), mediaType: 'text/plain' },
  broken: { status: 200, headers, file: fileOf(goneLater, whole), mediaType: 'text/plain' },
  unread: { status: 200, headers, file: fileOf(whole, gone), mediaType: 'text/plain' },
  unchanged: { status: 304, headers },
};

const failed: string[] = [];
const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: (message: string) => void failed.push(message) };
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
  const api = createHttpApi({
    ...{ base: '', routes, services: undefined, renderError },
    authenticator: { authenticate: () => Promise.resolve(anybody) },
    ...{ compressed: true, tagsNameStates: true, errorTrailer: 'Late-Error' },
  });
  server = createHttpServer(createHttpApplication({ apis: [api], log, renderError }), { limits: defaultCallerLimits });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function ask(path: string, encodings: string) {
  const { port } = server.address() as AddressInfo;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { port, path, agent: false, headers: { 'accept-encoding': encodings } };
    request(options, resolve).on('error', reject).end();
  });
  arrived?.();
  return { answer, body: await buffer(answer) };
}

describe.each(['identity', 'gzip'])('an API with a trailer for errors, in the coding %s', (coding) => {
  it.each(['/json', '/file'])(
    'announces it with %s, which stays empty, and keeps the tag of the state',
    async (path) => {
      const { answer, body } = await ask(path, coding);
      expect(answer.headers).toMatchObject({ trailer: 'Late-Error', etag: '"state"', 'transfer-encoding': 'chunked' });
      expect(answer.headers['content-encoding'] ?? 'identity').toBe(coding);
      expect([answer.trailers, body.length > 0]).toEqual([{}, true]);
    },
  );

  it('writes an error after the first bytes into it, without what happened', async () => {
    const { answer, body } = await ask('/broken', coding);
    expect([answer.statusCode, body.length > 0]).toEqual([200, true]);
    expect(answer.trailers).toEqual({ 'late-error': 'the answer could not be completed' });
    expect(failed).toContain('A request failed');
  });

  it('answers an error before the first bytes as any other, without the headers of the answer', async () => {
    const { answer, body } = await ask('/unread', coding);
    expect([answer.statusCode, body.toString()]).toEqual([500, 'failed']);
    for (const name of ['trailer', 'etag', 'link', 'content-encoding']) expect(answer.headers).not.toHaveProperty(name);
  });

  it('has none without a body', async () => {
    const { answer } = await ask('/unchanged', coding);
    expect([answer.statusCode, answer.headers.trailer, answer.headers.etag]).toEqual([304, undefined, '"state"']);
  });
});

it('has none in HTTP/1.0, which has no chunks', async () => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /json HTTP/1.0\r\n\r\n'));
  const answer = await textOf(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(answer).not.toMatch(/late-error|transfer-encoding/i);
  expect(answer.endsWith(JSON.stringify({ text }))).toBe(true);
});
