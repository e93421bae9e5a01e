import { connect, type AddressInfo } from 'node:net';
import { defaultCallerLimits } from '@clarion/connections';
import { createHttpServer } from './http-server';

describe('callers that are slow on purpose', () => {
  it('are also cut off where their data is not read', async () => {
    const limits = { ...defaultCallerLimits, headersMillis: 200, requestMillis: 200 };
    const server = createHttpServer(() => undefined, { limits });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => (answer += text.toString())).on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n');
    const trickle = setInterval(() => socket.write('a'), 10);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(trickle);
    server.close();
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});
