import type { Socket } from 'node:net';
import type { ConnectionLimits } from './caller-limits';

/** Both ends of a connection, as sockets and gRPC calls tell them: no two that are open in one process have the same. */
export interface ConnectionEnds {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

const open = new Map<string, OpenConnection>();

const nameOf = ({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: ConnectionEnds): string =>
  [remoteAddress, remotePort, localAddress, localPort].join(' ');

/** The head of a request has come as a whole on that connection: it is not cut off for saying nothing. */
export function requestCame(ends: ConnectionEnds): void {
  open.get(nameOf(ends))?.spoke();
}

/** Who asks on that connection is known, or need not be, and is being answered. To be called when that is over. */
export function requestAdmitted(ends: ConnectionEnds): () => void {
  return open.get(nameOf(ends))?.admitted() ?? (() => undefined);
}

/** In this order connections are given up: no request was admitted yet, none is under way, one is. */
const standings = ['stranger', 'idle', 'busy'] as const;
type Standing = (typeof standings)[number];

/** Connections by what they stand for; those of one standing by how long they have had it. */
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

  /** Never one that is busy: whoever has just come deserves less. */
  get leastDeserving(): OpenConnection | undefined {
    for (const standing of ['stranger', 'idle'] as const) for (const one of this.#ranks.get(standing) ?? []) return one;
    return undefined;
  }
}

class OpenConnection {
  readonly socket: Socket;
  readonly #places: readonly Ranked[];
  readonly #name: string;
  readonly #hurry: NodeJS.Timeout;
  #underWay = 0;

  constructor(socket: Socket, places: readonly Ranked[], headersMillis: number) {
    this.socket = socket;
    this.#places = places;
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

  /** Its place is free at once; twice is once. */
  leave(): void {
    clearTimeout(this.#hurry);
    for (const place of this.#places) place.take(this);
    if (open.get(this.#name) === this) open.delete(this.#name);
  }

  #stand(standing: Standing): void {
    if (open.get(this.#name) !== this) return;
    for (const place of this.#places) {
      place.take(this);
      place.put(this, standing);
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

  /** Holds a connection until it is closed; false: it was destroyed, because all the others deserve their place more. */
  hold(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    const ofAddress = this.#byAddress.get(address) ?? new Ranked();
    // A place of its own address serves both limits.
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

function makeRoom(place: Ranked, most: number): boolean {
  if (place.size < most) return true;
  const least = place.leastDeserving;
  least?.leave();
  least?.socket.destroy();
  return least !== undefined;
}
