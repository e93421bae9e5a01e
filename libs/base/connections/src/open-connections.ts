import type { Socket } from 'node:net';
import type { ConnectionLimits } from './limits';

/** Both ends of a connection, as sockets and gRPC calls report them: unique among the open connections of a process. */
export interface ConnectionEnds {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

const open = new Map<string, OpenConnection>();

const nameOf = ({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: ConnectionEnds): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');

/** The complete head of a request arrived on that connection: it is no longer cut off for being silent. */
export function requestCame(ends: ConnectionEnds): void {
  open.get(nameOf(ends))?.spoke();
}

/**
 * The caller on that connection is known, or need not be, and is being answered. Call the returned function when that
 * is over.
 */
export function requestAdmitted(ends: ConnectionEnds): () => void {
  return open.get(nameOf(ends))?.admitted() ?? (() => undefined);
}

/** Connections are dropped in this order: no request admitted yet, no request running, a request running. */
const standings = ['stranger', 'idle', 'busy'] as const;
type Standing = (typeof standings)[number];

/** Connections by standing; those of equal standing by how long they have had it. */
class Ranked {
  readonly #ranks = new Map<Standing, Set<OpenConnection>>(standings.map((standing) => [standing, new Set()]));
  size = 0;

  put(connection: OpenConnection, standing: Standing): void {
    this.#ranks.get(standing)?.add(connection);
    this.size += 1;
  }

  take(connection: OpenConnection): void {
    for (const rank of this.#ranks.values()) if (rank.delete(connection)) this.size -= 1;
  }

  /** Never a busy connection: it ranks above a new one. */
  get leastDeserving(): OpenConnection | undefined {
    for (const standing of ['stranger', 'idle'] as const) for (const one of this.#ranks.get(standing) ?? []) return one;
    return undefined;
  }
}

class OpenConnection {
  readonly socket: Socket;
  readonly #rankings: readonly Ranked[];
  readonly #name: string;
  readonly #hurry: NodeJS.Timeout;
  #underWay = 0;

  constructor(socket: Socket, rankings: readonly Ranked[], headersMillis: number) {
    this.socket = socket;
    this.#rankings = rankings;
    this.#name = nameOf(socket);
    this.#hurry = setTimeout(() => socket.destroy(), headersMillis);
    open.set(this.#name, this);
    this.#stand('stranger');
  }

  spoke(): void {
    clearTimeout(this.#hurry);
  }

  admitted(): () => void {
    this.#underWay += 1;
    this.#stand('busy');
    return () => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#stand('idle');
    };
  }

  /** Frees its place at once; calling it twice has no further effect. */
  leave(): void {
    clearTimeout(this.#hurry);
    for (const ranking of this.#rankings) ranking.take(this);
    if (open.get(this.#name) === this) open.delete(this.#name);
  }

  #stand(standing: Standing): void {
    if (open.get(this.#name) !== this) return;
    for (const ranking of this.#rankings) {
      ranking.take(this);
      ranking.put(this, standing);
    }
  }
}

/** The connections of one port. */
export class OpenConnections {
  readonly #limits: Pick<ConnectionLimits, 'connections' | 'connectionsOfAddress' | 'headersMillis'>;
  readonly #sockets = new Set<Socket>();
  readonly #all = new Ranked();
  readonly #byAddress = new Map<string, Ranked>();
  readonly #whenNone: (() => void)[] = [];

  constructor(limits: Pick<ConnectionLimits, 'connections' | 'connectionsOfAddress' | 'headersMillis'>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** Keeps a connection until it is closed; false: it was destroyed, because all others rank higher. */
  admit(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    const ofAddress = this.#byAddress.get(address) ?? new Ranked();
    // A place freed by its own address satisfies both limits.
    const makesRoom =
      makeRoom(ofAddress, this.#limits.connectionsOfAddress) && makeRoom(this.#all, this.#limits.connections);
    if (!makesRoom) {
      socket.destroy();
      return false;
    }
    this.#byAddress.set(address, ofAddress);
    this.#sockets.add(socket);
    const connection = new OpenConnection(socket, [this.#all, ofAddress], this.#limits.headersMillis);
    socket.once('close', () => {
      connection.leave();
      this.#sockets.delete(socket);
      if (ofAddress.size === 0 && this.#byAddress.get(address) === ofAddress) this.#byAddress.delete(address);
      if (this.#sockets.size === 0) for (const resolve of this.#whenNone) resolve();
    });
    return true;
  }

  none(): Promise<void> {
    return this.#sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenNone.push(resolve));
  }

  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function makeRoom(ranking: Ranked, most: number): boolean {
  if (ranking.size < most) return true;
  const least = ranking.leastDeserving;
  least?.leave();
  least?.socket.destroy();
  return least !== undefined;
}
