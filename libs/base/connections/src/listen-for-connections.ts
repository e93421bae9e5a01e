import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ClarionError } from '@clarion/model';
import type { ConnectionLimits } from './limits';
import { OpenConnections } from './open-connections';

/** Serves a connection from which nothing was read yet. */
export type ServeConnection = (socket: Socket) => void;

export interface ListenForConnections {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly limits: Pick<ConnectionLimits, 'connections' | 'connectionsOfAddress' | 'headersMillis'>;
  /** The server for a connection that begins with these bytes; undefined when more bytes are needed. */
  readonly serveWith: (first: Uint8Array) => ServeConnection | undefined;
}

/** A port that takes connections. */
export interface ListeningPort {
  readonly port: number;
  /** Connections that are open. */
  connections(): number;
  /** Takes no new connections; open ones stay with their server. Resolves when all of them are closed. */
  close(): Promise<void>;
  /** Closes every connection, even a busy one. */
  destroy(): void;
}

/**
 * Listens, and applies limits to connections: one without a complete request in time (`requestCame`) is cut off, and
 * where no place is left the one with the lowest rank gives way (`requestAdmitted`). Throws `invalid-input` when it
 * cannot listen.
 */
export async function listenForConnections(options: ListenForConnections): Promise<ListeningPort> {
  const { host, port, limits, serveWith } = options;
  const open = new OpenConnections(limits);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.once('error', () => socket.destroy());
    if (!open.admit(socket)) return;
    afterFirstBytes(socket, serveWith, (serve) => {
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
      return open.none();
    },
    destroy: () => {
      open.destroy();
    },
  };
}

/** Peeks at the first bytes without consuming them: as many as are needed to decide, which may arrive in pieces. */
export function afterFirstBytes(
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
