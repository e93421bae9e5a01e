import type { Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ClarionError } from '@clarion/model';

export interface OnePortOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Takes connections that speak HTTP/1.1; it does not listen itself. */
  readonly http: HttpServer;
  /** Takes connections that speak HTTP/2 without upgrade, as gRPC does. */
  readonly grpc: (connection: Socket) => void;
  readonly limits?: Partial<PortLimits>;
}

/** Limits of connections, whatever they speak. */
export interface PortLimits {
  /** At the same time; more are closed at once. Default 10,000. */
  readonly connections: number;
  /** Of one address at the same time; default 2,000. */
  readonly ofAddress: number;
  /** Who connects and says nothing for so long is cut off; default 10 s. */
  readonly silenceMillis: number;
}

const defaultPortLimits: PortLimits = { connections: 10_000, ofAddress: 2000, silenceMillis: 10_000 };

export interface OnePort {
  readonly port: number;
  /** Connections that are open. */
  connections(): number;
  /** Takes no new connections; those that are open stay with their servers. */
  close(): void;
  /** Closes every connection, whatever it is at. */
  destroy(): void;
}

/** Every HTTP/2 connection begins so (RFC 9113, section 3.4), and no HTTP/1.1 request does. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/**
 * Serves HTTP/1.1 and gRPC on one port: the first bytes of a connection tell which it is. Throws `invalid-input` when it
 * cannot listen there.
 */
export async function listenOnOnePort({ host, port, http, grpc, limits }: OnePortOptions): Promise<OnePort> {
  const { connections, ofAddress, silenceMillis } = { ...defaultPortLimits, ...limits };
  const open = new Set<Socket>();
  const byAddress = new Map<string, number>();
  // A server that never listens does not look for requests that are late; this is what makes it do so.
  http.emit('listening');
  const server = createServer({ noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = byAddress.get(address) ?? 0;
    if (open.size >= connections || count >= ofAddress) {
      socket.destroy();
      return;
    }
    open.add(socket);
    byAddress.set(address, count + 1);
    const hurry = setTimeout(() => socket.destroy(), silenceMillis);
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(hurry);
      open.delete(socket);
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
    firstBytes(socket, (isHttp2) => {
      clearTimeout(hurry);
      if (isHttp2) grpc(socket);
      else http.emit('connection', socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Clarion cannot listen on ${host}:${port} (${cause.code ?? cause.message})`;
      reject(new ClarionError('invalid-input', message, { cause, remedy: 'choose another address with --listen' }));
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => open.size,
    close: () => {
      server.close();
    },
    destroy: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Looks at what comes first, without taking it: as much as is needed to know, which may come in pieces. */
function firstBytes(socket: Socket, tell: (isHttp2: boolean) => void): void {
  let seen = Buffer.alloc(0);
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const compared = Math.min(seen.length, preface.length);
    const same = seen.subarray(0, compared).equals(preface.subarray(0, compared));
    if (same && compared < preface.length) return;
    socket.removeListener('readable', look);
    socket.unshift(seen);
    tell(same);
  };
  socket.on('readable', look);
}
