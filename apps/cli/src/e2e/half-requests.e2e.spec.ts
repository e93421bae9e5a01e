import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { startServiceProcess } from '@clarion/test-kit';
import { temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});

/** HTTP/2: the preface, empty SETTINGS, and HEADERS of a call that neither end (RFC 9113, section 4.1). */
const settings = '\0\0\0\x04\0\0\0\0\0';
const preface = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}`;
const post = 'POST /api/v1/images HTTP/1.1\r\nHost: a\r\n';
const halves = [
  'GET / HTTP/1.1\r\nHost: a\r\nX-Half',
  `${post}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  `${post}Content-Type: application/x-tar\r\nContent-Length: 100000\r\n\r\nhalf`,
  preface,
  `${preface}\0\0\x02\x01\0\0\0\0\x01\x83\x86`,
  'PRI * HTTP/2.0\r\n',
];

describe('SIGTERM and a thousand half requests, HTTP/1.1 and HTTP/2', () => {
  it('clarion serve ends by itself, and closes all of them', async () => {
    const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates', '--auth', 'off'];
    const patience = ['--headers-time', '10m', '--request-time', '10m', '--json-time', '10m', '--stall-time', '10m'];
    // All of them come from one caller.
    const rate = ['--requests-per-second', '1000'];
    const options = ['--db', join(folder.path, 'db'), ...address, ...patience, ...rate];
    const serve = startServiceProcess('cli', {}, ['serve', ...options]);
    try {
      await serve.line('Started');
      const port = Number(/http:\/\/[\d.]+:(\d+)/.exec(serve.errors())?.[1]);
      const sockets = await Promise.all(Array.from({ length: 1000 }, (_, n) => half(port, halves[n % halves.length]!)));
      // They are open: one more request is served at the same time.
      expect((await fetch(`http://127.0.0.1:${port}/api/v1/feeds`)).status).toBe(200);
      expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);
      const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      serve.kill('SIGTERM');
      expect(await serve.ended).toBe(0);
      await Promise.all(closed);
      expect(serve.lines.at(-1)?.msg).toBe('Stopped');
    } finally {
      serve.kill('SIGKILL');
    }
  });
});

/** A connection on which half a request was sent. */
function half(port: number, text: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.from(text, 'latin1'), () => {
        resolve(socket);
      });
    });
    socket.on('error', () => undefined).resume();
  });
}
