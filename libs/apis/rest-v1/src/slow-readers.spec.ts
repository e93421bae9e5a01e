import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { emptyFile } from '@clarion/layer-sources';
import { until } from '@clarion/test-kit';
import { isolatedReports, type ReportJob } from '@clarion/use-cases';
import {
  archiveOf,
  debianImage,
  openssl,
  type RestService,
  startRestService,
  stateDebian,
} from '../testing/rest-service';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const large = debianImage(
  Array.from({ length: 5001 }, (_, at) => `lib${at}=1`),
  'large',
);
const mebibyte = 1024 * 1024;

describe('callers who do not read responses', () => {
  let here: RestService;
  let jobs = 0;
  const responses = new Set<ServerResponse>();
  const sockets: Socket[] = [];
  beforeAll(async () => {
    // More than the system buffers for a connection.
    async function* run({ path }: ReportJob): AsyncGenerator<never> {
      jobs += 1;
      await writeFile(path, `"${' '.repeat(64 * mebibyte - 2)}"`);
      yield* [];
    }
    const renderElsewhere = isolatedReports({ pool: { run }, emptyFile, log, limits: { ofCaller: 3, inAll: 8 } });
    // None is kept.
    const dependencies = { renderElsewhere, limits: { reportBytes: 0 } };
    here = await startRestService({ dependencies, bodies: { stallMillis: 1500 } });
    here.server.on('request', (_request, response: ServerResponse) => {
      responses.add(response);
      response.once('close', () => responses.delete(response));
    });
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    await here.useCases.images.upload(archiveOf(large), {});
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await here.close();
  });

  const path = `/api/v1/images/${large.manifestDigest}/report`;
  const ask = (): void => {
    const socket = connect((here.server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer reader\r\n\r\n`);
    sockets.push(socket);
  };

  it('hold three reports and a few chunks of them; others get answers, and in the end they are cut off', async () => {
    for (let reader = 0; reader < 10; reader += 1) ask();
    await until(
      'three reports are being sent',
      () => jobs === 3 && [...responses].filter(({ headersSent }) => headersSent).length === 3,
    );
    expect((await here.ask('GET', path, { token: 'reader' })).status).toBe(429);
    expect((await here.ask('GET', '/api/v1/images', { token: 'reader' })).status).toBe(200);
    const other = await here.ask('GET', path, { token: 'operator' });
    expect([other.status, other.text.length]).toEqual([200, 64 * mebibyte]);
    const held = [...responses].map((one) => one.writableLength + (one.socket?.writableLength ?? 0));
    expect(held.length).toBeGreaterThan(0);
    expect(Math.max(...held)).toBeLessThan(mebibyte);
    await until('all are cut off', () => responses.size === 0);
    const after = await here.ask('GET', path, { token: 'reader' });
    expect([after.status, jobs]).toEqual([200, 5]);
  });

  it('may leave only so much of other answers unread', async () => {
    const few = await startRestService({ unread: { ofCaller: 100 } });
    expect((await few.ask('GET', '/api/v1/feeds', { token: 'reader' })).json).toMatchObject({
      status: 429,
      code: 'too-many-requests',
    });
    expect((await few.ask('GET', '/api/v1/images', { token: 'reader' })).status).toBe(200);
    await few.close();
  });
});
