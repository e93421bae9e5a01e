import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';

import type { TlsNotice } from '@clarion/connections';
import { describeWithMongoServer, makeCertificates, replaceFile, until } from '@clarion/test-kit';

import { openMongoStore } from './open-mongo-store';

describeWithMongoServer('certificates of MongoDB', (server) => {
  const [before, after] = [makeCertificates(), makeCertificates()];
  let front: Server;
  const open = new Set<Socket>();

  /** The server for tests has no TLS: connections are decrypted in front of it. */
  beforeAll(async () => {
    const { port } = new URL(server().freshUri());
    const { certificate, key } = before.server;
    const trusted = { ca: before.ca.pem, requestCert: true, rejectUnauthorized: true };
    front = createServer({ cert: certificate.pem, key: key.pem, ...trusted }, (socket) => {
      const behind = connect(Number(port), '127.0.0.1');
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      for (const one of [socket, behind]) one.on('error', () => undefined);
      socket.pipe(behind).pipe(socket);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    front.close();
    before.remove();
    after.remove();
  });

  it('are those that are there when a connection begins, and not wrong ones', async () => {
    const pair = `${before.client.certificate.path}.pair`;
    const write = ({ client: { certificate, key } }: typeof before): void => {
      replaceFile(pair, `${certificate.pem}${key.pem}`);
    };
    write(before);
    const { pathname } = new URL(server().freshUri());
    const address = `mongodb://127.0.0.1:${(front.address() as AddressInfo).port}${pathname}?directConnection=true`;
    const files = `tls=true&tlsCAFile=${before.ca.path}&tlsCertificateKeyFile=${pair}`;
    const notices: TlsNotice[] = [];
    const of = (outcome: string): number => notices.filter((notice) => notice.outcome === outcome).length;
    const store = await openMongoStore({
      ...{ uri: `${address}&${files}`, connectMillis: 5000 },
      onTls: (notice) => notices.push(notice),
    });
    expect(notices).toMatchObject([{ use: 'mongodb', first: true }]);
    await store.putEndpoint({ id: 'a' } as never);

    replaceFile(pair, 'neither');
    await until('they are rejected', () => of('rejected') === 1, { seconds: 20 });
    for (const socket of open) socket.destroy();
    expect(await store.endpoint('a')).toEqual({ id: 'a' });

    // The server has other certificates from now on, and the client those for it.
    write(after);
    replaceFile(before.ca.path, after.ca.pem);
    await until('they are loaded', () => of('loaded') === 2, { seconds: 20 });
    const { certificate, key } = after.server;
    front.setSecureContext({ cert: certificate.pem, key: key.pem, ca: after.ca.pem });
    for (const socket of open) socket.destroy();
    expect(await store.endpoint('a')).toEqual({ id: 'a' });
    await store.close();
  });

  it.each([
    ['a missing file', '&tls=true&tlsCAFile=/nowhere/ca.pem'],
    ['what is no certificate', `&tls=true&tlsCertificateKeyFile=${__filename}`],
  ])('are an error at the start: %s', async (_, files) => {
    await expect(openMongoStore({ uri: `${server().freshUri()}${files}` })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('certificates for mongodb') as string,
    });
  });
});
