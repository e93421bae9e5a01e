import { constants, createGunzip, type Gunzip } from 'node:zlib';

/** Internals of Node's zlib streams: `minizlib`, the package under npm's own `tar`, uses the same. */
interface Handle {
  writeSync(...call: [flush: number, ...input: Part, ...output: Part]): void;
  onerror: (message: string) => void;
}
type Part = [bytes: Uint8Array, offset: number, length: number];
interface Hidden {
  readonly _handle?: Partial<Handle> | null;
  /** After each write: room left in the output, and input that was not read. */
  readonly _writeState?: unknown;
}

/** The progress of a call. */
export interface InflateProgress {
  /** Bytes of the input, from its start, that were read. */
  readonly read: number;
  /** Bytes of the room, from its start, that are filled. */
  readonly filled: number;
}

const nothing = new Uint8Array(0);

/**
 * Inflates gzip, with several members too, from one buffer into another, synchronously. Node has no public interface
 * for that: its streams switch between threads and allocate memory for every chunk (docs/decisions/0018).
 */
export class SyncGunzip {
  private readonly stream: Gunzip;
  private readonly handle: Handle;
  private readonly state: Uint32Array;
  private failure: string | undefined;

  /** Throws where this version of Node lacks the required internals. */
  constructor() {
    this.stream = createGunzip();
    const { _handle: handle, _writeState: state } = this.stream as Hidden;
    if (typeof handle?.writeSync !== 'function' || !ArrayBuffer.isView(state) || state.byteLength !== 8) {
      this.stream.close();
      throw new Error(`Node ${process.version} has no synchronous zlib`);
    }
    this.handle = handle as Handle;
    this.state = state as Uint32Array;
    this.handle.onerror = (message) => {
      this.failure = message;
    };
  }

  /** Whether the internals of Node that the constructor needs exist; any version could change them. */
  static isSupported(): boolean {
    try {
      new SyncGunzip().close();
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Reads `input` from `read` on and fills `room` from `filled` on, until one of them is at its end or all members are
   * complete. Undefined `input` means that no more follows. Throws zlib's errors for damaged data.
   */
  inflate(input: Uint8Array | undefined, room: Uint8Array, { read, filled }: InflateProgress): InflateProgress {
    const from = input ?? nothing;
    const flush = input === undefined ? constants.Z_FINISH : constants.Z_NO_FLUSH;
    this.handle.writeSync(flush, from, read, from.length - read, room, filled, room.length - filled);
    if (this.failure !== undefined) throw new Error(this.failure);
    const [roomLeft = 0, inputLeft = 0] = this.state;
    return { read: from.length - inputLeft, filled: room.length - roomLeft };
  }

  close(): void {
    this.stream.close();
  }
}
