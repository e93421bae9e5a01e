import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { HostileFeed } from '../hostile-feed';

const chunk = Buffer.alloc(64 * 1024, ' ');

/** Responses of a broken or malicious mirror; each is for every path. */
const answers: Readonly<Record<string, RequestListener>> = {
  'body without end': (_, response) => {
    const more = (): void => {
      while (response.write(chunk));
      response.once('drain', more);
    };
    more();
  },
  'length that lies': (_, response) => {
    response.writeHead(200, { 'Content-Length': '1000000' });
    response.write('{');
    response.destroy();
  },
  'redirect to itself': (request, response) => {
    response.writeHead(302, { Location: request.url ?? '/' }).end();
  },
  'redirect to a file': (_, response) => {
    response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
  },
  'redirect to metadata': (_, response) => {
    response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data/' }).end();
  },
  'redirect of 1 MiB': (_, response) => {
    response.writeHead(302, { Location: `/${'x'.repeat(10_000)}` }).end();
  },
  'HTML with status 200': (_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>Sign in</html>');
  },
  'nothing modified since what is stored': (_, response) => {
    response.writeHead(304).end();
  },
  'no content': (_, response) => {
    response.writeHead(204).end();
  },
  'partial content': (_, response) => {
    response.writeHead(206, { 'Content-Range': 'bytes 0-1/2' }).end('{}');
  },
  'empty object': (_, response) => {
    response.end('{}');
  },
  'not found': (_, response) => {
    response.writeHead(404).end();
  },
  'headers of 1 MiB': (_, response) => {
    for (let n = 0; n < 100; n += 1) response.setHeader(`X-${n}`, 'x'.repeat(10_000));
    response.end('{}');
  },
  'gzip bomb by encoding': (_, response) => {
    const bomb = gzipSync(Buffer.alloc(1 << 20), { level: 9 });
    response.writeHead(200, { 'Content-Encoding': 'gzip' });
    response.end(Buffer.concat(Array.from({ length: 2048 }, () => bomb)));
  },
  'unknown encoding': (_, response) => {
    response.writeHead(200, { 'Content-Encoding': 'mystery' }).end('{}');
  },
  'connection closed': (request) => {
    request.socket.destroy();
  },
  'answer that is not HTTP': (request) => {
    request.socket.end('SSH-2.0-OpenSSH_9.2\r\n');
  },
};

export function serverFeeds(): readonly HostileFeed[] {
  return Object.entries(answers).map(([name, listener]) => ({
    name: `mirror/${name}`,
    feed: 'debian-security-tracker',
    // A mirror may answer that, and stored facts stay.
    expect: name.startsWith('nothing modified') ? 'kept' : 'refused',
    async open() {
      const server = createServer(listener);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return {
        from: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        close: () =>
          new Promise<void>((resolve) => {
            server.close(() => {
              resolve();
            });
            server.closeAllConnections();
          }),
      };
    },
  }));
}
