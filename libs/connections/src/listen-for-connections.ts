import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ClarionError } from '@clarion/model';
import type { ConnectionLimits } from './caller-limits';

/** Serves a connection of which nothing was read yet. */
export type ServeConnection = (socket: Socket) => void;

export interface ListenForConnections {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly limits: Pick<ConnectionLimits, 'connections' | 'connectionsOfAddress' | 'headersMillis'>;
  /** Who serves a connection that begins with these bytes; undefined when more are needed to know. */
  readonly serveWith: (first: Uint8Array) => ServeConnection | undefined;
}

/** A port that takes connections. */
export interface Listening {
  readonly port: number;
  /** Connections that are open. */
  connections(): number;
  /** Takes no new connections; those that are open stay with who serves them. Resolves when all of them are closed. */
  close(): Promise<void>;
  /** Closes every connection, whatever it is at. */
  destroy(): void;
}

/** Listens there, and holds connections to their limits. Throws `invalid-input` when it cannot listen. */
export async function listenForConnections(options: ListenForConnections): Promise<Listening> {
  const { host, port, limits, serveWith } = options;
  const open = new Set<Socket>();
  const closing: (() => void)[] = [];
  const takes = placeFor(open, limits);
  const server = createServer({ noDelay: true }, (socket) => {
    if (!takes(socket)) {
      socket.destroy();
      return;
    }
    const hurry = setTimeout(() => socket.destroy(), limits.headersMillis);
    socket.once('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(hurry);
      if (open.size === 0) for (const resolve of closing) resolve();
    });
    afterFirstBytes(socket, serveWith, (serve) => {
      clearTimeout(hurry);
      serve(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Clarion cannot listen on ${host}:${port} (${cause.code ?? cause.message})`;
      reject(new ClarionError('invalid-input', message, { cause, remedy: 'choose another address or port' }));
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => open.size,
    close: () => {
      server.close();
      return open.size === 0 ? Promise.resolve() : new Promise((resolve) => closing.push(resolve));
    },
    destroy: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Whether one more may be open: it is counted, in all and of its address, until it is closed. */
function placeFor(
  open: Set<Socket>,
  { connections, connectionsOfAddress }: ListenForConnections['limits'],
): (socket: Socket) => boolean {
  const byAddress = new Map<string, number>();
  return (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = byAddress.get(address) ?? 0;
    if (open.size >= connections || count >= connectionsOfAddress) return false;
    open.add(socket);
    byAddress.set(address, count + 1);
    socket.once('close', () => {
      open.delete(socket);
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
    return true;
  };
}

/** Looks at what comes first, without taking it: as much as is needed to know, which may come in pieces. */
function afterFirstBytes(
  socket: Socket,
  serveWith: ListenForConnections['serveWith'],
  then: (serve: ServeConnection) => void,
): void {
  let seen = Buffer.alloc(0);
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const serve = serveWith(seen);
    if (serve === undefined) return;
    socket.removeListener('readable', look);
    socket.unshift(seen);
    then(serve);
  };
  socket.on('readable', look);
}
