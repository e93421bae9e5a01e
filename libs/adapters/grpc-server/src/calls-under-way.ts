import type { Http2Session, ServerHttp2Stream } from 'node:http2';

/**
 * Which connections have calls under way. From Node 24 on a server that closes begins to close its sessions itself, and
 * grpc-js 1.14.7 takes a session that closes for a closed one: its `tryShutdown` ends before the calls do.
 */
export class CallsUnderWay {
  readonly #calls = new Map<Http2Session, number>();

  /** A call begins, and ends with its stream. */
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
