import type { ClarionError } from './errors';
import type { ClarionEvent, EventKind, EventOf, DomainEvent, WorkItem, WorkKind } from './events';

/** An event in transit, with its trace. */
export interface BusMessage<E extends ClarionEvent = ClarionEvent> {
  readonly event: E;
  /** W3C Trace Context, where there is one. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /**
   * For work: the caller who requested it, as `callerOf` of authentication names callers. A bus that knows all waiting
   * work takes the callers in turns. Work that several callers requested is published once for each, and done at the
   * first of their turns. Never part of answers.
   */
  readonly caller?: string;
}

/** What a handler knows about the delivery that it works on. */
export interface HandlerContext {
  /** Aborted when the process has to stop and its time to finish is over. */
  readonly signal: AbortSignal;
  /** 1 at the first delivery of a message. */
  readonly delivery: number;
  readonly traceparent?: string;
  /** The caller whose turn it is (`Message.caller`), where the bus takes turns. */
  readonly caller?: string;
  /**
   * From now on the handler only waits for something else that is limited: other work may run in its place. The work
   * is not done before the handler ends. Absent where the bus has no such limit of its own.
   */
  readonly leaveSlot?: () => void;
}

/** Takes one event and yields the events it causes; those are on the bus before this one is done. */
export type WorkHandler<K extends EventKind> = (
  event: EventOf<K>,
  context: HandlerContext,
) => AsyncIterable<ClarionEvent>;

/** The handler for each kind of work. Work goes to one of the processes with a route for it. */
export type WorkRoutes = { readonly [K in WorkKind]?: WorkHandler<K> };

export interface RunOptions {
  /** When it aborts, no more work is taken, and running work is finished or returned to the queue. */
  readonly signal: AbortSignal;
  /** How much work of one kind runs at the same time; 2 unless stated. */
  readonly concurrency?: Partial<Record<WorkKind, number>>;
  /**
   * Called for work that cannot be done: rejected permanently, or retried as often as is sensible. The work leaves the
   * queue only when this has resolved. `process` means that the process ended before a handler could report.
   */
  readonly onDead: (letter: DeadLetter) => Promise<void>;
}

/** Work that could not be done. It can be put on the queue again unchanged. */
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

/** An event with its position in the order of all events. */
export interface EventEnvelope {
  /** Opaque; goes into `after` of a later `subscribe`. */
  readonly position: string;
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly event: DomainEvent;
}

export interface QueueState {
  readonly kind: WorkKind;
  /** Not taken by a worker yet. */
  readonly waiting: number;
  /** Taken and not done. */
  readonly running: number;
  readonly redelivered: number;
}

/** Work that is not done: waiting, running, or about to be retried. */
export interface WorkBacklog {
  readonly ofCaller: number;
  readonly inAll: number;
}

/**
 * Carries work and events between handlers (docs/architecture.md). Delivery is at least once: what `publish` has
 * accepted is delivered until a handler is done with it, whichever process dies. Publishing an event again within two
 * minutes has no effect, except for another caller.
 */
export interface Bus {
  /** Resolves when all messages are stored. Throws `upstream-unavailable` when the bus cannot be reached. */
  publish(messages: readonly BusMessage[]): Promise<void>;
  /** Handles work until `signal` aborts and everything taken is settled. */
  run(routes: WorkRoutes, options: RunOptions): Promise<void>;
  /** Events from now on, or after a position that is still retained. Ends when `signal` aborts. */
  subscribe(options: { readonly after?: string; readonly signal: AbortSignal }): AsyncIterable<EventEnvelope>;
  queues(): Promise<readonly QueueState[]>;
  /** How much work of a kind a caller (`Message.caller`), or an unknown caller, waits for. */
  backlog(kind: WorkKind, caller: string | undefined): Promise<WorkBacklog>;
  /** Whether the bus can be reached now. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
