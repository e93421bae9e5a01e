import { createServer, get } from 'node:http';
import { connect, type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { loadPackageDefinition, credentials, Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
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
    pieces.forEach((piece, number) => setTimeout(() => socket.write(piece), 30 * number));
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

  it('says when it cannot listen', async () => {
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const options = { host: '127.0.0.1', port: (taken.address() as AddressInfo).port, http, grpc: () => undefined };
    await expect(listenOnOnePort(options)).rejects.toMatchObject({ code: 'invalid-input' });
    taken.close();
  });
});
