import { createServer, get } from 'node:http';
import { connect, type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { loadPackageDefinition, credentials, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { slowly } from '@clarion/test-kit';
import { listenOnOnePort, type OnePort } from './one-port';

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

let port: OnePort;
const http = createServer((request, response) => response.end(`http ${request.url ?? ''}`));
const grpc = new Server();
grpc.addService(echo, {
  Say: (call: { request: string }, callback: (error: null, text: string) => void) => {
    callback(null, `grpc ${call.request}`);
  },
});

beforeAll(async () => {
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  port = await listenOnOnePort({
    host: '127.0.0.1',
    port: 0,
    http,
    grpc: (socket) => {
      injector.injectConnection(socket);
    },
  });
});

afterAll(() => {
  port.close();
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

/** Sends pieces a while apart and gives all that comes back. */
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

describe('one port', () => {
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

  it('gives what only looks like HTTP/2 to HTTP/1.1, which refuses it', async () => {
    expect(await sendSlowly(['PRI * HTTP/2.0\r\n', 'X: y\r\n\r\n'])).toMatch(/^HTTP\/1\.1 (400|505)/);
  });

  it('cuts off a thousand half requests, counts connections, and closes all of them when told to', async () => {
    const slow = createServer({ headersTimeout: 200, connectionsCheckingInterval: 50 }, (_, response) =>
      response.end(),
    );
    const limited = await listenOnOnePort({
      ...{ host: '127.0.0.1', port: 0, http: slow },
      grpc: () => undefined,
      limits: { connections: 1000, ofAddress: 1000, silenceMillis: 200 },
    });
    const closed: Promise<unknown>[] = [];
    const half = (text: string): Socket => {
      const socket = connect(limited.port, '127.0.0.1', () => socket.write(text));
      socket.on('error', () => undefined).resume();
      closed.push(new Promise((resolve) => socket.once('close', resolve)));
      return socket;
    };
    // Nothing but half headers, half a preface, nothing at all; those beyond the limit are closed at once.
    for (let n = 0; n < 1000; n += 1) half(['GET / HTTP/1.1\r\nHost: a\r\nX', 'PRI * HT', ''][n % 3] ?? '');
    await Promise.all(closed);
    expect(closed).toHaveLength(1000);
    const idle = half('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    while (limited.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
    limited.close();
    limited.destroy();
    await Promise.all(closed);
    expect([idle.destroyed, limited.connections()]).toEqual([true, 0]);
    slow.close();
  });

  it('takes no more connections of one address than it may', async () => {
    const few = await listenOnOnePort({
      ...{ host: '127.0.0.1', port: 0, http },
      grpc: () => undefined,
      limits: { ofAddress: 2 },
    });
    const ended = (socket: Socket): Promise<unknown> =>
      new Promise((resolve) =>
        socket
          .on('error', () => undefined)
          .once('close', resolve)
          .resume(),
      );
    const open = () => connect(few.port, '127.0.0.1');
    const first = [open(), open()];
    while (few.connections() < 2) await new Promise((resolve) => setImmediate(resolve));
    await ended(open());
    expect(few.connections()).toBe(2);
    few.close();
    few.destroy();
    await Promise.all(first.map(ended));
  });

  it('says when it cannot listen', async () => {
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const options = { host: '127.0.0.1', port: (taken.address() as AddressInfo).port, http, grpc: () => undefined };
    await expect(listenOnOnePort(options)).rejects.toMatchObject({ code: 'invalid-input' });
    taken.close();
  });
});
