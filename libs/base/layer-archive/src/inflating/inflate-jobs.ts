import type { MessagePort } from 'node:worker_threads';
import type { JobMessage } from '../worker-thread';
import { SyncGunzip } from './sync-gunzip';

/** Requests to the inflating thread, for one job: a stream of several members. */
export type InflateRequest =
  | { readonly kind: 'open' }
  /** The first `bytes` of the buffer, which is returned after reading. */
  | { readonly kind: 'input'; readonly buffer: ArrayBuffer; readonly bytes: number }
  /** All input was sent. */
  | { readonly kind: 'end' }
  /** An output buffer that may be filled again. */
  | { readonly kind: 'room'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'drop' };

/** Replies of the inflating thread. */
export type InflateReply = JobMessage &
  (
    | { readonly kind: 'output'; readonly buffer: ArrayBuffer; readonly bytes: number }
    /** A buffer that was read. */
    | { readonly kind: 'input'; readonly buffer: ArrayBuffer }
    | { readonly kind: 'end' }
    | { readonly kind: 'error'; readonly error: string }
  );

/** Output buffers of each job. */
export interface InflateOptions {
  readonly outputBytes: number;
  readonly outputBuffers: number;
}

/**
 * The work of an inflating thread. Input and output are in buffers that are passed back and forth, so that nothing is
 * allocated while it runs and output stays in the processor's cache.
 */
export function serveInflating(port: Pick<MessagePort, 'on' | 'postMessage'>, options: InflateOptions): void {
  const jobs = new Map<number, Inflating>();
  // Rooms of jobs that have ended: new memory is filled with zeros first, and V8 collects all garbage for it.
  const spares: Uint8Array<ArrayBuffer>[] = [];
  const keep = (...rooms: readonly Uint8Array<ArrayBuffer>[]): void => {
    spares.push(...rooms.slice(0, options.outputBuffers - spares.length));
  };
  const remove = (id: number): void => {
    keep(...(jobs.get(id)?.rooms ?? []));
    jobs.delete(id);
  };
  port.on('message', ({ id, ...request }: InflateRequest & JobMessage) => {
    if (request.kind === 'open') {
      const reply = (message: InflateReply, buffers: readonly ArrayBuffer[] = []): void => {
        if (message.kind === 'end' || message.kind === 'error') remove(id);
        port.postMessage(message, buffers);
      };
      const rooms = Array.from(
        { length: options.outputBuffers },
        () => spares.pop() ?? new Uint8Array(options.outputBytes),
      );
      jobs.set(id, new Inflating(id, reply, rooms));
      return;
    }
    const job = jobs.get(id);
    if (job !== undefined) job.take(request);
    else if (request.kind === 'room') keep(new Uint8Array(request.buffer));
    if (request.kind === 'drop') remove(id);
  });
}

class Inflating {
  private readonly id: number;
  private readonly reply: (message: InflateReply, buffers?: readonly ArrayBuffer[]) => void;
  private readonly gunzip = new SyncGunzip();
  /** The output buffers that are here and free; the first one may be in part filled. */
  readonly rooms: Uint8Array<ArrayBuffer>[];
  private readonly inputs: Uint8Array<ArrayBuffer>[] = [];
  private isAll = false;
  private isOver = false;
  /** Of the first input and the first room. */
  private progress = { read: 0, filled: 0 };

  constructor(id: number, reply: Inflating['reply'], rooms: Uint8Array<ArrayBuffer>[]) {
    this.id = id;
    this.reply = reply;
    this.rooms = rooms;
  }

  take(request: Exclude<InflateRequest, { readonly kind: 'open' }>): void {
    switch (request.kind) {
      case 'drop':
        this.close();
        return;
      case 'room':
        this.rooms.push(new Uint8Array(request.buffer));
        break;
      case 'input':
        this.inputs.push(new Uint8Array(request.buffer, 0, request.bytes));
        break;
      case 'end':
        this.isAll = true;
    }
    this.pump();
  }

  /** Inflates until an output buffer is full, or no input or no output buffer is left. */
  private readonly pump = (): void => {
    for (;;) {
      const [room] = this.rooms;
      const [input] = this.inputs;
      if (this.isOver || room === undefined || (input === undefined && !this.isAll)) return;
      try {
        this.progress = this.gunzip.inflate(input, room, this.progress);
      } catch (error) {
        this.end({ id: this.id, kind: 'error', error: (error as Error).message });
        return;
      }
      const { read, filled } = this.progress;
      if (filled === room.length) {
        this.giveOutput(room);
        // Waiting requests, also of other jobs, come first.
        setImmediate(this.pump);
        return;
      }
      // If room is left, zlib has read everything, except padding after the last member.
      if (input === undefined || read < input.length) {
        if (filled > 0) this.giveOutput(room);
        this.end({ id: this.id, kind: 'end' });
        return;
      }
      this.release(input);
    }
  };

  private giveOutput({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.rooms.shift();
    this.reply({ id: this.id, kind: 'output', buffer, bytes: this.progress.filled }, [buffer]);
    this.progress = { ...this.progress, filled: 0 };
  }

  private release({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.inputs.shift();
    this.progress = { ...this.progress, read: 0 };
    this.reply({ id: this.id, kind: 'input', buffer }, [buffer]);
  }

  private end(message: InflateReply): void {
    this.close();
    this.reply(message);
  }

  private close(): void {
    this.isOver = true;
    this.gunzip.close();
  }
}
