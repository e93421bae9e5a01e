import { createServer, get, type Server } from 'node:http';
import { connect, type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import {
  loadPackageDefinition,
  credentials,
  Server as GrpcServer,
  ServerCredentials,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { slowly } from '@clarion/test-kit';
import {
  type CallerLimits,
  defaultCallerLimits,
  endConnections,
  isHttp2,
  type ListeningPort,
  listenForConnections,
  type ServeConnection,
  serveHttp,
} from './index';

const echo: ServiceDefinition = {
  Say: {
    path: '/test.Echo/Say',
    requestStream: false,
    responseStream: false,
    requestSerialize: (text: string) => Buffer.from(text),
    requestDeserialize: (bytes) => bytes.toString(),
    responseSerialize: (text: string) => Buffer.from(text),
    responseDeserialize: (bytes) => bytes.toString(),
  },
};

let port: ListeningPort;
const http = createServer((request, response) => response.end(`http ${request.url ?? ''}`));
const grpc = new GrpcServer();
grpc.addService(echo, {
  Say: (call: { request: string }, callback: (error: null, text: string) => void) => {
    callback(null, `grpc ${call.request}`);
  },
});

/** HTTP/1.1 and HTTP/2 on one port. */
function listen(
  server: Server,
  limits: Partial<CallerLimits> = {},
  ofHttp2: ServeConnection = () => undefined,
): Promise<ListeningPort> {
  const ofHttp1 = serveHttp(server);
  return listenForConnections({
    ...{ host: '127.0.0.1', port: 0, limits: { ...defaultCallerLimits, ...limits } },
    serveWith: (first) =>
      new Map([
        [true, ofHttp2],
        [false, ofHttp1],
      ]).get(isHttp2(first)!),
  });
}

beforeAll(async () => {
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  port = await listen(http, {}, (socket) => {
    injector.injectConnection(socket);
  });
});

afterAll(() => {
  void port.close();
  http.closeAllConnections();
  grpc.forceShutdown();
});

const httpGet = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: port.port, path, agent: false }, (response) => {
      response.on('data', (text: Buffer) => {
        resolve(text.toString());
      });
    }).on('error', reject);
  });

const say = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const Client = loadPackageDefinition({ Echo: echo })['Echo'] as never as new (
      address: string,
      how: unknown,
    ) => { Say(text: string, done: (error: Error | null, answer: string) => void): void; close(): void };
    const client = new Client(`127.0.0.1:${port.port}`, credentials.createInsecure());
    client.Say(text, (error, answer) => {
      client.close();
      if (error === null) resolve(answer);
      else reject(error);
    });
  });

/** Sends pieces with a pause between them and returns the whole answer. */
function sendSlowly(pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => (answer += text.toString()));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
    void (async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await slowly(30);
      }
    })();
  });
}

describe('a port', () => {
  it('answers HTTP/1.1 and gRPC', async () => {
    expect(await Promise.all([httpGet('/a'), say('b'), httpGet('/c'), say('d')])).toEqual([
      'http /a',
      'grpc b',
      'http /c',
      'grpc d',
    ]);
  });

  it('waits for as many bytes as it takes to know', async () => {
    const answer = await sendSlowly(['P', 'U', 'T /x HTTP/1.1\r\n', 'Host: x\r\nConnection: close\r\n\r\n']);
    expect(answer).toContain('http /x');
  });

  it('passes what only looks like HTTP/2 to HTTP/1.1, which rejects it', async () => {
    expect(await sendSlowly(['PRI * HTTP/2.0\r\n', 'X: y\r\n\r\n'])).toMatch(/^HTTP\/1\.1 (400|505)/);
  });

  it('cuts off a thousand half requests, counts connections, and closes all of them on request', async () => {
    const slow = createServer({ headersTimeout: 200, connectionsCheckingInterval: 50 }, (_, response) =>
      response.end(),
    );
    const limited = await listen(slow, { connections: 1000, connectionsOfAddress: 1000, headersMillis: 200 });
    const closed: Promise<unknown>[] = [];
    const half = (text: string): Socket => {
      const socket = connect(limited.port, '127.0.0.1', () => socket.write(text));
      socket.on('error', () => undefined).resume();
      closed.push(new Promise((resolve) => socket.once('close', resolve)));
      return socket;
    };
    // Only half headers, half a preface, or nothing at all; connections beyond the limit are closed at once.
    for (let n = 0; n < 1000; n += 1) half(['GET / HTTP/1.1\r\nHost: a\r\nX', 'PRI * HT', ''][n % 3] ?? '');
    await Promise.all(closed);
    expect(closed).toHaveLength(1000);
    const idle = half('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    while (limited.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
    void limited.close();
    limited.destroy();
    await Promise.all(closed);
    expect([idle.destroyed, limited.connections()]).toEqual([true, 0]);
    slow.close();
  });

  it('answers a running request before it ends, and takes no more', async () => {
    let answer: (() => void) | undefined;
    const server = createServer((_request, response) => (answer = () => response.end('late')));
    const ending = await listen(server);
    const text = new Promise((resolve) => {
      get({ host: '127.0.0.1', port: ending.port, agent: false, headers: { connection: 'keep-alive' } }, (response) =>
        response.on('data', (chunk: Buffer) => {
          resolve(chunk.toString());
        }),
      );
    });
    while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
    const ended = endConnections(ending, server, new AbortController().signal);
    const refused = await new Promise((resolve) => connect(ending.port, '127.0.0.1').once('error', resolve));
    answer();
    expect(await text).toBe('late');
    await ended;
    expect([ending.connections(), (refused as { code: string }).code]).toEqual([0, 'ECONNREFUSED']);
  });

  it('closes what does not end when the time is over', async () => {
    const server = createServer(() => undefined);
    const ending = await listen(server);
    const closed = new Promise((resolve) =>
      connect(ending.port, '127.0.0.1', function (this: Socket) {
        this.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      })
        .on('error', () => undefined)
        .once('close', resolve)
        .resume(),
    );
    while (ending.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
    await endConnections(ending, server, AbortSignal.abort());
    await closed;
    expect(ending.connections()).toBe(0);
  });

  it('reports when it cannot listen', async () => {
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const options = { host: '127.0.0.1', port: (taken.address() as AddressInfo).port, limits: defaultCallerLimits };
    await expect(listenForConnections({ ...options, serveWith: () => undefined })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    taken.close();
  });
});
