import type { ClarionError } from './errors';
import type { ClarionEvent, EventKind, EventOf, DomainEvent, WorkItem, WorkKind } from './events';

/** An event on its way, with the trace that it belongs to. */
export interface Message<E extends ClarionEvent = ClarionEvent> {
  readonly event: E;
  /** W3C Trace Context, where there is one. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /**
   * Of work: who ordered it, as `callerOf` of authentication names callers. A bus that knows all that waits gives the work of
   * callers in turns. Work that others have ordered too is published once for each of them, and done at the first of their
   * turns. Never in answers.
   */
  readonly caller?: string;
}

/** What a handler is told about the delivery that it works on. */
export interface HandlerContext {
  /** Aborted when the process has to stop and the time to finish is over. */
  readonly signal: AbortSignal;
  /** 1 at the first delivery of a message. */
  readonly delivery: number;
  readonly traceparent?: string;
  /** Whose turn it is (`Message.caller`), where the bus gives turns. */
  readonly caller?: string;
}

/** Takes one event and yields the events it causes; those are on the bus before this one is done. */
export type Handler<K extends EventKind> = (event: EventOf<K>, context: HandlerContext) => AsyncIterable<ClarionEvent>;

/** Who handles what. Work goes to one of the processes with a route for it. */
export type Routes = { readonly [K in WorkKind]?: Handler<K> };

export interface RunOptions {
  /** When it aborts, no more work is taken, and what runs is finished or given back. */
  readonly signal: AbortSignal;
  /** Work of one kind at the same time; 2 unless stated. */
  readonly concurrency?: Partial<Record<WorkKind, number>>;
  /**
   * Work that cannot be done: refused for good, or tried as often as is sensible. Only when this has resolved is it
   * taken from the queue. `process` says that no handler lived to tell.
   */
  readonly onDead: (letter: DeadLetter) => Promise<void>;
}

/** Work that could not be done. It can be put on the queue again as it is. */
export interface DeadLetter {
  /** `eventId` of the work. */
  readonly id: string;
  readonly event: WorkItem;
  /** RFC 3339. */
  readonly at: string;
  readonly deliveries: number;
  readonly code: ClarionError['code'] | 'internal' | 'process';
  readonly message: string;
}

/** News with its place in the order of all news. */
export interface Announced {
  /** Opaque; goes into `after` of a later `listen`. */
  readonly position: string;
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly event: DomainEvent;
}

export interface QueueState {
  readonly kind: WorkKind;
  /** Not taken by anybody yet. */
  readonly waiting: number;
  /** Taken and not done. */
  readonly running: number;
  readonly redelivered: number;
}

/** Work that is not done: waiting, running, or about to come again. */
export interface Backlog {
  readonly ofCaller: number;
  readonly inAll: number;
}

/**
 * Carries work and news between handlers (docs/architecture.md). At least once: what `publish` has taken is delivered
 * until a handler is done with it, whatever process dies. Publishing an event again within two minutes does nothing, but for
 * another caller.
 */
export interface Bus {
  /** Resolves when all of it is kept. Throws `upstream-unavailable` when the bus cannot be reached. */
  publish(messages: readonly Message[]): Promise<void>;
  /** Handles work until `signal` aborts and everything taken is settled. */
  run(routes: Routes, options: RunOptions): Promise<void>;
  /** News from now on, or from just after a position that is still kept. Ends when `signal` aborts. */
  listen(options: { readonly after?: string; readonly signal: AbortSignal }): AsyncIterable<Announced>;
  queues(): Promise<readonly QueueState[]>;
  /** How much of a kind of work a caller (`Message.caller`), or nobody who is known, waits for. */
  backlog(kind: WorkKind, caller: string | undefined): Promise<Backlog>;
  /** Whether it can be reached now. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
