import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { ServerSentEvent } from './answer';
import { formatEvent, writeEvents } from './event-stream';

let server: Server;
let events: () => AsyncIterable<ServerSentEvent>;
beforeAll(async () => {
  server = createServer((_request, response) => {
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    void writeEvents(response, events(), { signal: gone.signal, heartbeatMillis: 5 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const port = (): number => (server.address() as AddressInfo).port;
const listen = (): Promise<Response> => fetch(`http://127.0.0.1:${port()}/`, { headers: { connection: 'close' } });

describe('a stream of events', () => {
  it.each<[what: string, event: ServerSentEvent, text: string]>([
    [
      'one line for each field',
      { id: '1', event: 'a', data: { b: 'c\nd' } },
      'id: 1\nevent: a\ndata: {"b":"c\\nd"}\n\n',
    ],
    ['no field out of an id', { id: '1\ndata: x\0', event: 'a\r', data: 1 }, 'id: 1data: x\nevent: a\ndata: 1\n\n'],
  ])('has %s', (_what, event, text) => {
    expect(formatEvent(event)).toBe(text);
  });

  it('sends keep-alives until an event comes, and ends with the events', async () => {
    let come: () => void = () => undefined;
    const coming = new Promise<void>((resolve) => (come = resolve));
    events = async function* () {
      await coming;
      yield { id: '1', event: 'a', data: null };
    };
    let text = '';
    for await (const chunk of (await listen()).body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      if (text.includes('\n:\n')) come();
    }
    expect(text).toMatch(/^retry: 2000\n\n(?::\n\n)+id: 1\nevent: a\ndata: null\n\n(?::\n\n)*$/);
  });

  it('reports a failure by a separate event, without any details', async () => {
    events = async function* () {
      yield { id: '1', event: 'a', data: null };
      await Promise.reject(new Error('password=secret'));
    };
    const text = await (await listen()).text();
    expect(text).toMatch(/event: error\ndata: \{\}\n\n$/);
    expect(text).not.toContain('secret');
  });

  it('is cut off when its reader reads nothing', async () => {
    let made = 0;
    events = async function* () {
      for (;;) {
        made += 1;
        yield { id: String(made), event: 'a', data: 'x'.repeat(100_000) };
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const cutOff = new Promise((resolve) => {
      server.once('request', (_request, response) => response.once('close', resolve));
    });
    const socket = connect(port(), '127.0.0.1');
    socket.on('error', () => undefined).pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await cutOff;
    socket.destroy();
    expect(made).toBeGreaterThan(10);
  });
});
