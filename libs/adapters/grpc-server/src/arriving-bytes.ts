import type { Http2Session } from 'node:http2';
import { status } from '@grpc/grpc-js';

/** Bytes in memory for incomplete messages. */
export interface ArrivingLimits {
  /** Of all calls of one connection. */
  readonly bytesOfConnection: number;
  /** Of all connections. */
  readonly bytesInAll: number;
}

/** A call whose message is arriving. */
export interface ArrivingCall {
  /** Of the message; counted here. */
  bytes: number;
  /** No more of its bytes are kept. */
  ended: boolean;
  readonly session: Http2Session | undefined;
  end(code: status, details: string): void;
}

interface Share {
  readonly calls: Set<ArrivingCall>;
  bytes: number;
}

/**
 * Ends the call with the most bytes when the calls of a connection exceed the limit. Its memory is free only when its
 * stream is closed, which a caller that reads nothing may delay: at twice the limit the connection is destroyed. So is
 * the connection with the most bytes when all of them together exceed the limit.
 */
export class ArrivingBytes {
  readonly #limits: ArrivingLimits;
  readonly #shares = new Map<Http2Session, Share>();
  readonly #sessions = new Map<ArrivingCall, Http2Session>();
  #inAll = 0;

  constructor(limits: ArrivingLimits) {
    this.#limits = limits;
  }

  add(call: ArrivingCall, bytes: number): void {
    const session = this.#sessions.get(call) ?? call.session;
    if (session === undefined) return;
    const share = this.#shares.get(session) ?? { calls: new Set(), bytes: 0 };
    this.#shares.set(session, share);
    this.#sessions.set(call, session);
    share.calls.add(call);
    call.bytes += bytes;
    share.bytes += bytes;
    this.#inAll += bytes;
    if (share.bytes > this.#limits.bytesOfConnection) this.#bound(session, share);
    if (this.#inAll > this.#limits.bytesInAll) this.#destroyLargest();
  }

  /** The message is complete, or nobody waits for it any more. */
  release(call: ArrivingCall): void {
    const session = this.#sessions.get(call);
    const share = session === undefined ? undefined : this.#shares.get(session);
    if (session === undefined || share === undefined) return;
    this.#sessions.delete(call);
    share.calls.delete(call);
    share.bytes -= call.bytes;
    this.#inAll -= call.bytes;
    call.bytes = 0;
    if (share.calls.size === 0) this.#shares.delete(session);
  }

  #bound(session: Http2Session, { calls, bytes }: Share): void {
    const most = this.#limits.bytesOfConnection;
    if (bytes > 2 * most) {
      this.#destroy(session, calls);
      return;
    }
    const live = [...calls].filter(({ ended }) => !ended).sort((a, b) => b.bytes - a.bytes);
    if (live.reduce((sum, call) => sum + call.bytes, 0) <= most) return;
    live[0]?.end(status.RESOURCE_EXHAUSTED, 'The messages of this connection that arrive side by side are too large');
  }

  #destroyLargest(): void {
    const [largest] = [...this.#shares].sort(([, a], [, b]) => b.bytes - a.bytes);
    if (largest !== undefined) this.#destroy(largest[0], largest[1].calls);
  }

  #destroy(session: Http2Session, calls: ReadonlySet<ArrivingCall>): void {
    session.destroy();
    for (const call of calls) {
      call.ended = true;
      this.release(call);
    }
  }
}
