import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { defaultCallerLimits, type ListeningPort, listenForConnections, requestAdmitted, serveHttp } from './index';

/** What callers request and wait for, by path. */
const waiting = new Map<string, ServerResponse>();

/**
 * Admits requests for a path below `/known`, and delays the answer to a path that ends with `/wait` until the test
 * releases it.
 */
const http = createServer((request, response) => {
  const path = request.url ?? '';
  if (path.startsWith('/known')) response.once('close', requestAdmitted(request.socket));
  if (path.endsWith('/wait')) waiting.set(path, response);
  else response.end(path);
});
const serve = serveHttp(http);

let port: ListeningPort;
afterEach(() => {
  waiting.clear();
  void port.close();
  port.destroy();
});

const listen = async (limits: Partial<typeof defaultCallerLimits>): Promise<void> => {
  port = await listenForConnections({
    ...{ host: '127.0.0.1', port: 0, limits: { ...defaultCallerLimits, ...limits } },
    serveWith: () => serve,
  });
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Caller {
  received = '';
  isClosed = false;
  readonly closed: Promise<unknown>;
  readonly #socket: Socket;

  /** Resolves when the port has accepted or rejected the connection. */
  static async from(localAddress: string): Promise<Caller> {
    const caller = new Caller(localAddress);
    await new Promise((resolve) => caller.#socket.once('connect', resolve));
    await Promise.race([caller.closed, caller.#isSeen()]);
    return caller;
  }

  private constructor(localAddress: string) {
    this.#socket = connect({ port: port.port, host: '127.0.0.1', localAddress });
    this.#socket.on('error', () => undefined).on('data', (text: Buffer) => (this.received += text.toString()));
    this.closed = new Promise((resolve) =>
      this.#socket.once('close', () => {
        this.isClosed = true;
        resolve(undefined);
      }),
    );
  }

  async asks(path: string): Promise<this> {
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    if (path.endsWith('/wait')) while (!waiting.has(path)) await turn();
    else await this.hears(path);
    return this;
  }

  async hears(text: string): Promise<void> {
    while (!this.received.endsWith(text) && !this.isClosed) await turn();
  }

  half(): void {
    this.#socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-Half');
  }

  /** Connections are accepted in order: one that asks after this one was seen is seen later. */
  async #isSeen(): Promise<void> {
    const before = port.connections();
    for (let n = 0; n < 50 && port.connections() === before; n += 1) await turn();
  }
}

/** Which of them are still open, once those that should be closed are closed. */
async function left(callers: Readonly<Record<string, Caller>>, gone: readonly string[]): Promise<readonly string[]> {
  for (const name of gone) await callers[name]?.closed;
  return Object.entries(callers).flatMap(([name, { isClosed }]) => (isClosed ? [] : [name]));
}

describe.each([
  ['in all', { connections: 4 }, (n: number) => `127.0.0.${n + 2}`],
  ['of one address', { connectionsOfAddress: 4 }, () => '127.0.0.2'],
])('as many connections %s as there may be', (_what, limits, addressOf) => {
  it('the lowest rank gives way: strangers, then idle ones, the longest first; never a busy one', async () => {
    await listen(limits);
    const busy = await (await Caller.from(addressOf(0))).asks('/known/busy/wait');
    const idle = await (await Caller.from(addressOf(1))).asks('/known/idle');
    const silent = await Caller.from(addressOf(2));
    const refused = await (await Caller.from(addressOf(3))).asks('/stranger');
    const first = { busy, idle, silent, refused };

    // Known callers connect one after the other, and all of them are admitted.
    const a = await (await Caller.from(addressOf(4))).asks('/known/a/wait');
    expect(await left({ ...first, a }, ['silent'])).toEqual(['busy', 'idle', 'refused', 'a']);
    const b = await (await Caller.from(addressOf(5))).asks('/known/b');
    expect(await left({ ...first, a, b }, ['refused'])).toEqual(['busy', 'idle', 'a', 'b']);
    // Idle for a shorter time than the other.
    await idle.asks('/known/again');
    const c = await (await Caller.from(addressOf(6))).asks('/known/c/wait');
    expect(await left({ ...first, a, b, c }, ['b'])).toEqual(['busy', 'idle', 'a', 'c']);
    const d = await (await Caller.from(addressOf(7))).asks('/known/d/wait');
    expect(await left({ ...first, a, b, c, d }, ['idle'])).toEqual(['busy', 'a', 'c', 'd']);

    // All of them are being answered, so a new connection has a lower rank.
    await (
      await Caller.from(addressOf(8))
    ).closed;
    waiting.get('/known/busy/wait')?.end('done');
    await busy.hears('done');
    const e = await (await Caller.from(addressOf(9))).asks('/known/e');
    expect(await left({ busy, a, c, d, e }, ['busy'])).toEqual(['a', 'c', 'd', 'e']);
  });

  it('a flood of strangers never keeps a known caller out', async () => {
    await listen(limits);
    for (let n = 0; n < 20; n += 1) {
      for (let m = 0; m < 5; m += 1) (await Caller.from(addressOf(m + 20))).half();
      const known = await (await Caller.from(addressOf(n + 30))).asks(`/known/${n}`);
      expect([known.isClosed, port.connections() <= 5]).toEqual([false, true]);
    }
  });
});

it('strangers at one address do not take the connections of others', async () => {
  await listen({ connections: 100, connectionsOfAddress: 2 });
  const other = await Caller.from('127.0.0.3');
  const callers = [];
  for (let n = 0; n < 10; n += 1) callers.push(await Caller.from('127.0.0.2'));
  await Promise.all(callers.slice(0, 8).map(({ closed }) => closed));
  expect([other, ...callers.slice(8)].map(({ isClosed }) => isClosed)).toEqual([false, false, false]);
});

it('a connection with a complete request is not cut off; one with half a request is', async () => {
  await listen({ headersMillis: 500 });
  const whole = await (await Caller.from('127.0.0.1')).asks('/stranger');
  const half = await Caller.from('127.0.0.1');
  half.half();
  const silent = await Caller.from('127.0.0.1');
  await Promise.all([half.closed, silent.closed]);
  await whole.asks('/again');
  expect([whole.isClosed, whole.received.endsWith('/again')]).toEqual([false, true]);
});
