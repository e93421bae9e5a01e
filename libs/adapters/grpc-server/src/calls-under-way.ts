import type { Http2Session, ServerHttp2Stream } from 'node:http2';

/**
 * Which connections have running calls. From Node 24 on, a server that closes also closes its sessions, and grpc-js
 * 1.14.7 treats a closing session as a closed one: its `tryShutdown` ends before the calls do.
 */
export class CallsUnderWay {
  readonly #calls = new Map<Http2Session, number>();

  /** Registers a call, which ends with its stream. */
  begin(stream: ServerHttp2Stream): void {
    const { session } = stream;
    if (session === undefined) return;
    this.#add(session, 1);
    stream.once('close', () => {
      this.#add(session, -1);
    });
  }

  #add(session: Http2Session, calls: number): void {
    const left = (this.#calls.get(session) ?? 0) + calls;
    if (left > 0) this.#calls.set(session, left);
    else this.#calls.delete(session);
  }

  /** Resolves when the connections that have calls now are closed, with all that was answered sent. */
  async ended(): Promise<void> {
    const closed = [...this.#calls.keys()].map(
      (session) =>
        new Promise<void>((resolve) => {
          if (session.destroyed) resolve();
          // Not with `once` of node:events: a terminated session also emits an error.
          else session.once('close', resolve);
        }),
    );
    await Promise.all(closed);
  }
}
