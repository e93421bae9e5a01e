import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Authenticator, createAuthenticator } from '@clarion/authentication';
import { clarionV1 } from '@clarion/proto';
import { createLog, createMetrics, readConfig } from '@clarion/service-runtime';
import { apiSettings, type Dialect } from '@clarion/settings';
import { until } from '@clarion/test-kit';
import type { UseCases } from '@clarion/use-cases';
import { startInstallation, type TestInstallation } from '@clarion/use-cases/testing';
import { ChannelCredentials } from '@grpc/grpc-js';
import { type ApiPorts, type ListeningApis, openApis } from './open-apis';

const { config } = readConfig(apiSettings, { CLARION_SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') });
const log = createLog({ service: 'spec', version: '0', level: 'silent' });
const everybody: Authenticator = createAuthenticator({ off: true });

let installation: TestInstallation;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.close());

let opened: ListeningApis | undefined;
let stopping: AbortController;
afterEach(async () => {
  await opened?.stop(AbortSignal.abort());
  opened = undefined;
});

async function open(
  ports: ApiPorts,
  useCases: UseCases = installation.useCases,
  apis: readonly Dialect[] = [],
): Promise<ListeningApis> {
  stopping = new AbortController();
  const metrics = createMetrics({ version: '0' });
  opened = await openApis({
    ...{ config: { ...config, apis, host: '127.0.0.1' }, ports, introspectionPort: 9090, useCases },
    ...{ authenticator: everybody, log, metrics, stopping: stopping.signal },
  });
  return opened;
}

const rest = ({ restPort }: ListeningApis, path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${restPort}${path}`);

/** The feeds that gRPC lists, or its error. */
function grpcFeeds({ grpcPort }: ListeningApis): Promise<readonly string[]> {
  const client = new clarionV1.FeedServiceClient(`127.0.0.1:${grpcPort}`, ChannelCredentials.createInsecure());
  return new Promise((resolve, reject) => {
    client.listFeeds({}, (error, answer) => {
      client.close();
      if (error === null) resolve(answer.feeds.map(({ id }) => id));
      else reject(error);
    });
  });
}

/** Everything that a connection answers until it is closed. */
async function answerTo(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1'))).on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

describe.each<[what: string, ports: ApiPorts, shared: boolean]>([
  ['one port', { both: 0 }, true],
  ['two ports', { rest: 0, grpc: 0 }, false],
])('both APIs on %s', (_, ports, shared) => {
  it('answer, and REST says where gRPC is', async () => {
    const apis = await open(ports);
    expect(apis.restPort === apis.grpcPort).toBe(shared);
    const feeds = (await (await rest(apis, '/api/v1/feeds')).json()) as { items: readonly { id: string }[] };
    expect(feeds.items.map(({ id }) => id)).toContain('debian-security-tracker');
    expect(await grpcFeeds(apis)).toEqual(feeds.items.map(({ id }) => id));
    const root = await (await rest(apis, '/')).text();
    expect(root).toContain(shared ? 'this port' : `port ${apis.grpcPort}`);
    expect(root).toContain('port 9090');
  });

  it('close a connection that speaks neither', async () => {
    const { restPort } = await open(ports);
    const socket = connect(restPort, '127.0.0.1', () => socket.write('\u0016\u0003\u0001 hello\r\n\r\n'));
    expect(await answerTo(socket)).toMatch(/^(HTTP\/1\.1 400 |$)/);
  });

  it('finish requests that are running when they stop, and accept no more', async () => {
    let finish: (() => void) | undefined;
    const list: UseCases['feeds']['list'] = () =>
      new Promise((resolve) => {
        finish = () => {
          resolve([]);
        };
      });
    const apis = await open(ports, { feeds: { list } } as unknown as UseCases);
    const running = rest(apis, '/api/v1/feeds');
    await until('the request runs', () => finish !== undefined);
    const stopped = apis.stop(new AbortController().signal);
    await until('nobody may connect', async () => {
      const socket = connect(apis.restPort, '127.0.0.1');
      const refused = await Promise.race([
        once(socket, 'connect').then(() => false),
        new Promise<boolean>((resolve) => {
          socket.once('error', () => {
            resolve(true);
          });
        }),
      ]);
      socket.destroy();
      return refused;
    });
    finish?.();
    expect((await running).status).toBe(200);
    await stopped;
    opened = undefined;
  });

  it('cut off requests when the time to stop is over', async () => {
    let asked = false;
    const list: UseCases['feeds']['list'] = () => {
      asked = true;
      return new Promise(() => undefined);
    };
    const apis = await open(ports, { feeds: { list } } as unknown as UseCases);
    const running = rest(apis, '/api/v1/feeds').then(
      () => 'answered',
      () => 'cut off',
    );
    await until('the request runs', () => asked);
    await apis.stop(AbortSignal.abort());
    expect(await running).toBe('cut off');
    opened = undefined;
  });
});

describe('APIs of other products', () => {
  it.each<[apis: readonly Dialect[], status: number]>([
    [['harbor'], 200],
    [[], 404],
  ])('%j: Harbor is answered %i, and REST as ever', async (dialects, status) => {
    const apis = await open({ both: 0 }, installation.useCases, dialects);
    expect((await rest(apis, '/harbor/api/v1/metadata')).status).toBe(status);
    expect((await rest(apis, '/api/v1/feeds')).status).toBe(200);
  });
});

describe('listening', () => {
  it('fails on a port that is taken', async () => {
    const { restPort } = await open({ both: 0 });
    const first = opened;
    await expect(open({ both: restPort })).rejects.toThrow(/EADDRINUSE|in use/);
    opened = first;
  });
});
