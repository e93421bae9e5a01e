import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ClarionError } from '@clarion/model';
import type { ConnectionLimits } from './caller-limits';
import { OpenConnections } from './open-connections';

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

/**
 * Listens there, and holds connections to their limits: one on which no request has come as a whole in time
 * (`requestCame`) is cut off, and where there is no place left the one that deserves it least gives way
 * (`requestAdmitted`). Throws `invalid-input` when it cannot listen.
 */
export async function listenForConnections(options: ListenForConnections): Promise<Listening> {
  const { host, port, limits, serveWith } = options;
  const open = new OpenConnections(limits);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.once('error', () => socket.destroy());
    if (!open.hold(socket)) return;
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

/** Looks at what comes first, without taking it: as much as is needed to know, which may come in pieces. */
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
