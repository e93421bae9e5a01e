import { connect, type Socket } from 'node:net';

/** Types of frames (RFC 9113, section 6). */
export const frames = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, continuation: 9 } as const;
export const endStream = 1;
export const endHeaders = 4;

export interface GrpcFrame {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Uint8Array;
}

/** RFC 9113, section 4.1. */
export function frame({ type, flags = 0, stream = 0, payload = Buffer.alloc(0) }: GrpcFrame): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header with a literal name, not indexed, without Huffman codes (RFC 7541, section 6.2.2); short ones only. */
export function header(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

/** Headers of a call of gRPC. */
export function callOf(path: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const others = { ':authority': 'a', ':path': path, te: 'trailers', 'content-type': 'application/grpc', ...more };
  // :method POST and :scheme http are in the table that both sides have.
  return Buffer.concat([
    Buffer.from([0x83, 0x86]),
    ...Object.entries(others).map(([name, value]) => header(name, value)),
  ]);
}

/** A message that declares `says` bytes but contains only `has`. */
export function messageOf({ says, has }: { readonly says: number; readonly has: number }): Buffer {
  const bytes = Buffer.alloc(5 + has);
  bytes.writeUInt32BE(says, 1);
  return bytes;
}

/** A caller that sends arbitrary frames, and counts the responses by type. */
export class RawCaller {
  readonly answers = new Map<number, number>();
  readonly closed: Promise<unknown>;
  readonly #socket: Socket;
  readonly #turn: () => Promise<unknown>;
  #rest = Buffer.alloc(0);

  /** `turn` resolves a while later, when the server has done something. */
  constructor(port: number, turn: () => Promise<unknown>) {
    this.#turn = turn;
    this.#socket = connect(port, '127.0.0.1');
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        this.#count(bytes);
      });
    this.#socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.#socket.write(frame({ type: frames.settings }));
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Resolves when the system has accepted the frames, or the connection is closed. */
  async send(sent: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(sent);
    await Promise.race([this.closed, new Promise((resolve) => this.#socket.write(bytes, resolve))]);
  }

  /** Resolves when everything sent is handled: a ping is answered, or the connection is closed. */
  async handled(): Promise<void> {
    const before = this.answers.get(frames.ping) ?? 0;
    await this.send([frame({ type: frames.ping, payload: Buffer.alloc(8) })]);
    await this.answered(frames.ping, before + 1);
  }

  /** Resolves when `count` frames of a type have arrived, or the connection is closed. */
  async answered(type: number, count = 1): Promise<void> {
    while (!this.isClosed && (this.answers.get(type) ?? 0) < count) await this.#turn();
  }

  end(): void {
    this.#socket.destroy();
  }

  #count(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 9 && this.#rest.length >= 9 + this.#rest.readUIntBE(0, 3)) {
      const type = this.#rest.readUInt8(3);
      this.answers.set(type, (this.answers.get(type) ?? 0) + 1);
      this.#rest = this.#rest.subarray(9 + this.#rest.readUIntBE(0, 3));
    }
  }
}
