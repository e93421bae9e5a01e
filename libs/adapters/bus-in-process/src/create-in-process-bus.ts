import { setMaxListeners } from 'node:events';

import {
  ClarionError,
  eventId,
  isWork,
  workKinds,
  type EventEnvelope,
  type WorkBacklog,
  type Bus,
  type DeadLetter,
  type WorkHandler,
  type HandlerContext,
  type BusMessage,
  type DomainEvent,
  type WorkRoutes,
  type RunOptions,
  type WorkItem,
  type WorkJournal,
  type WorkKind,
} from '@clarion/model';

import { KeptWork } from './kept-work';
import { EventLog } from './event-log';
import { RecentIds } from './recent-ids';
import { type WorkDelivery, WorkQueue } from './work-queue';

export interface InProcessBusOptions {
  /** Maximum amount of waiting work. Default: 1,000,000. */
  readonly maxWork?: number;
  /** Number of events kept for `subscribe` with a position. Default: 10,000. */
  readonly keptEvents?: number;
  /** Number of failed deliveries after which work becomes a dead letter. Default: 10. */
  readonly maxDeliveries?: number;
  /** Delay after the first, second, … failed delivery; the last one applies to all later ones. */
  readonly backoffMillis?: readonly number[];
  /** How long a repeated event is ignored as a duplicate. Default: two minutes. */
  readonly duplicateMillis?: number;
  /** Extra slots per kind, beyond `concurrency`, for callers that others keep waiting (`FairQueue`). Default: none. */
  readonly spares?: Partial<Record<WorkKind, number>>;
}

const defaultBackoff = [1_000, 5_000, 30_000, 120_000, 300_000, 600_000, 900_000, 1_800_000];
const defaultConcurrency = 2;

/** An in-process bus whose work is lost when the process ends. */
export function createInProcessBus(options: InProcessBusOptions = {}): Bus {
  return new InProcessBus(options, undefined);
}

/**
 * An in-process bus whose work survives a restart: published work is written to the journal, and work left there by an
 * earlier process is queued again. Events are not persisted. Throws the errors of the journal.
 */
export async function openInProcessBus(journal: WorkJournal, options: InProcessBusOptions = {}): Promise<Bus> {
  const bus = new InProcessBus(options, journal);
  for await (const message of journal.keptWork()) bus.take(message, 1);
  return bus;
}

interface WorkerOptions extends RunOptions {
  /** Starts one more worker. */
  readonly start: () => void;
}

class InProcessBus implements Bus {
  readonly #queues: ReadonlyMap<WorkKind, WorkQueue>;
  readonly #events: EventLog;
  readonly #published: RecentIds;
  readonly #kept: KeptWork;
  readonly #maxWork: number;
  readonly #maxDeliveries: number;
  readonly #backoff: readonly number[];
  readonly #closed = new AbortController();

  constructor(options: InProcessBusOptions, journal: WorkJournal | undefined) {
    // Everything that runs or waits listens.
    setMaxListeners(0, this.#closed.signal);
    this.#maxWork = options.maxWork ?? 1_000_000;
    this.#maxDeliveries = options.maxDeliveries ?? 10;
    this.#backoff = options.backoffMillis ?? defaultBackoff;
    this.#queues = new Map(workKinds.map((kind) => [kind, new WorkQueue(kind, options.spares?.[kind])]));
    this.#events = new EventLog(options.keptEvents ?? 10_000);
    this.#published = new RecentIds(options.duplicateMillis ?? 120_000, this.#maxWork);
    this.#kept = new KeptWork(journal);
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    // All or nothing: rejected before the first one is accepted.
    if (this.#closed.signal.aborted) throw closedError();
    const work = messages.filter(
      (message) => isMessageOfWork(message) && this.#isNew(message),
    ) as BusMessage<WorkItem>[];
    const size = [...this.#queues.values()].reduce((sum, queue) => sum + queue.size, 0);
    if (work.length > 0 && size + work.length > this.#maxWork) {
      throw new ClarionError('upstream-unavailable', `More than ${this.#maxWork} items of work would wait`, {
        remedy: 'try again when some of it is done',
      });
    }
    if (work.length > 0) await this.#kept.keep(work);
    // Check again: another call may have published the same message in the meantime.
    for (const message of messages) {
      if (this.#isNew(message)) this.take(message);
      else if (isMessageOfWork(message)) this.#queue(message.event.kind).join(message);
    }
  }

  /** Work in flight and messages published in the last minutes are not accepted again. */
  #isNew(message: BusMessage): boolean {
    const id = eventId(message.event);
    return !this.#published.has(id) && !(isMessageOfWork(message) && this.#queue(message.event.kind).has(id));
  }

  /** Accepts a journaled message if necessary. Messages of an earlier process may have been delivered there. */
  take(message: BusMessage, delivered = 0): void {
    this.#published.add(eventId(message.event));
    if (isMessageOfWork(message)) this.#queue(message.event.kind).add(message, delivered);
    else this.#events.add(message.event as DomainEvent);
  }

  async run(routes: WorkRoutes, options: RunOptions): Promise<void> {
    const slots: Promise<void>[] = [];
    const taking = AbortSignal.any([options.signal, this.#closed.signal]);
    setMaxListeners(0, taking);
    for (const [kind, handler] of Object.entries(routes) as [WorkKind, WorkHandler<WorkKind>][]) {
      const count = options.concurrency?.[kind] ?? defaultConcurrency;
      const queue = this.#queue(kind);
      const workers = new Set<Promise<void>>();
      const start = (): void => {
        const worker = this.#work(queue, handler, { ...options, signal: taking, start });
        workers.add(worker);
        const end = (): void => void workers.delete(worker);
        worker.then(end, end);
      };
      queue.addSlots(count).forEach(start);
      slots.push(
        untilEmpty(workers).then(() => {
          queue.removeSlots(count);
        }),
      );
    }
    // A handler that ignores its signal does not delay the end.
    await Promise.race([Promise.all(slots), aborted(this.#closed.signal)]);
  }

  /** One at a time, until the signal aborts, or until its slot was left: then another worker was started for that. */
  async #work(queue: WorkQueue, handler: WorkHandler<WorkKind>, options: WorkerOptions): Promise<void> {
    for (const state = { isReplaced: false }; !state.isReplaced;) {
      const delivery = await queue.take(options.signal);
      if (delivery === undefined) return;
      const leaveSlot = (): void => {
        if (state.isReplaced) return;
        state.isReplaced = true;
        queue.leaveSlot(delivery);
        options.start();
      };
      try {
        await this.#handle(delivery, handler, leaveSlot);
        this.#settled(queue, delivery);
      } catch (error) {
        await this.#failed(queue, delivery, { error, options });
      }
    }
  }

  async #handle(
    { message, count, caller }: WorkDelivery,
    handler: WorkHandler<WorkKind>,
    leaveSlot: () => void,
  ): Promise<void> {
    const { event, caller: _, ...trace } = message;
    const whose = caller === undefined ? {} : { caller };
    const context: HandlerContext = { signal: this.#closed.signal, delivery: count, ...whose, ...trace, leaveSlot };
    for await (const caused of handler(event, context)) await this.publish([{ event: caused, ...trace }]);
  }

  #settled(queue: WorkQueue, delivery: WorkDelivery): void {
    queue.done(delivery);
    this.#kept.forget(eventId(delivery.message.event));
  }

  async #failed(
    queue: WorkQueue,
    delivery: WorkDelivery,
    { error, options }: { error: unknown; options: RunOptions },
  ): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const letter = deadLetter(delivery, error);
    const isFinal = error instanceof ClarionError && !error.retryable;
    if (!isFinal && delivery.count < this.#maxDeliveries) {
      queue.giveBack(delivery, this.#delay(delivery.count));
      return;
    }
    for (let attempt = 1; !(await notify(options.onDead, letter)); attempt += 1) {
      await sleep(this.#delay(attempt), this.#closed.signal);
      if (isAborted(this.#closed.signal)) return;
    }
    this.#settled(queue, delivery);
  }

  #delay(failures: number): number {
    return this.#backoff[Math.min(failures, this.#backoff.length) - 1] ?? 0;
  }

  subscribe({
    after,
    signal,
  }: {
    readonly after?: string;
    readonly signal: AbortSignal;
  }): AsyncIterable<EventEnvelope> {
    return this.#events.listen(after, AbortSignal.any([signal, this.#closed.signal]));
  }

  queues() {
    return Promise.resolve([...this.#queues.values()].map((queue) => queue.state()));
  }

  backlog(kind: WorkKind, caller: string | undefined): Promise<WorkBacklog> {
    return Promise.resolve(this.#queue(kind).backlog(caller));
  }

  ready(): Promise<boolean> {
    return Promise.resolve(!this.#closed.signal.aborted);
  }

  async close(): Promise<void> {
    this.#closed.abort(closedError());
    for (const queue of this.#queues.values()) queue.close();
    await this.#kept.close();
  }

  #queue(kind: WorkKind): WorkQueue {
    const queue = this.#queues.get(kind);
    if (queue === undefined) throw new ClarionError('invalid-input', `There is no work of the kind ${kind}`);
    return queue;
  }
}

/** Resolves when no worker is left, those included that start meanwhile. */
async function untilEmpty(workers: ReadonlySet<Promise<void>>): Promise<void> {
  while (workers.size > 0) await Promise.all(workers);
}

function isMessageOfWork(message: BusMessage): message is BusMessage<WorkItem> {
  return isWork(message.event);
}

function deadLetter({ message, count }: WorkDelivery, error: unknown): DeadLetter {
  return {
    id: eventId(message.event),
    event: message.event,
    at: new Date().toISOString(),
    deliveries: count,
    code: error instanceof ClarionError ? error.code : 'internal',
    message: error instanceof Error ? error.message : String(error),
  };
}

async function notify(onDead: RunOptions['onDead'], letter: DeadLetter): Promise<boolean> {
  try {
    await onDead(letter);
    return true;
  } catch {
    return false;
  }
}

/** A function, because the type checker assumes that the value cannot change across an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function closedError(): ClarionError {
  return new ClarionError('upstream-unavailable', 'The bus is closed');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function sleep(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    signal.addEventListener('abort', end);
  });
}
