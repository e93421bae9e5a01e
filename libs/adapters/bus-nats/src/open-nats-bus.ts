import { setMaxListeners } from 'node:events';

import type { TlsObserver } from '@clarion/connections';
import {
  ClarionError,
  workKinds,
  type EventEnvelope,
  type WorkBacklog,
  type Bus,
  type WorkHandler,
  type Log,
  type BusMessage,
  type QueueState,
  type WorkRoutes,
  type RunOptions,
  type WorkKind,
} from '@clarion/model';
import {
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  type Consumer,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';

import { describeFailure } from './failure';
import { isJetStreamError } from './jetstream-errors';
import { CallerLanes, type TakenWork, workBySubject } from './lanes';
import { collectLostWork } from './lost-work';
import { connectNats, type WatchedConnection, type NatsConnectionOptions } from './nats-connection';
import { readEvents } from './event-reader';
import { isAborted, pause } from './pause';
import { createPublisher, type PublishMessages } from './publisher';
import { provision, type ProvisionOptions } from './streams';
import { consumerOf, isBelow, namesOf } from './subjects';
import { work, type WorkerOptions } from './worker';

export interface NatsBusOptions extends NatsConnectionOptions {
  /** Second token of all subjects. */
  readonly tenant: string;
  /** Replicas of each stream in a cluster, when it is created. Default: 1. */
  readonly natsReplicas?: number | undefined;
}

/** Options whose defaults rarely change. Times in milliseconds. */
export interface NatsBusBehaviour {
  readonly log: Log;
  /** First token of all subjects; `clarion`. */
  readonly prefix?: string;
  /** Name of the client, as the server shows it; `clarion`. */
  readonly name?: string;
  /** Number of failed or unanswered deliveries after which work becomes a dead letter. Default: 10. */
  readonly maxDeliveries?: number;
  /** Wait after the first, second, … failed delivery; 1 s to 30 min. */
  readonly backoffMillis?: readonly number[];
  /** Work without a sign of life for this long is given to another process. Default: 30 s. */
  readonly ackWaitMillis?: number;
  /** A repeated event within this time is ignored as a duplicate. Default: 2 min. */
  readonly duplicateMillis?: number;
  /** How long `publish` waits for an unavailable server. Default: 30 s. */
  readonly publishMillis?: number;
  /** How long the first connection is tried; 60 s. */
  readonly connectMillis?: number;
  /**
   * How long one request for work waits, and how long `run` may take to end without work. Default: 2 s, at least 1 s.
   */
  readonly pullMillis?: number;
  /**
   * Extra layers in parallel, beyond `concurrency`, for callers that others keep waiting (`FairQueue`). Default: none.
   */
  readonly spares?: number;
  /** Called when certificates were read, or could not be used. */
  readonly onTls?: TlsObserver;
}

const defaults: Required<Omit<NatsBusBehaviour, 'log' | 'onTls'>> = {
  prefix: 'clarion',
  name: 'clarion',
  maxDeliveries: 10,
  backoffMillis: [1_000, 5_000, 30_000, 120_000, 300_000, 600_000, 900_000, 1_800_000],
  ackWaitMillis: 30_000,
  duplicateMillis: 120_000,
  publishMillis: 30_000,
  connectMillis: 60_000,
  pullMillis: 2_000,
  spares: 0,
};

const defaultConcurrency = 2;
const readyMillis = 2000;
const closeMillis = 2500;

/**
 * The bus over NATS JetStream (server 2.10 or newer). Creates missing streams and consumers. Throws the errors of
 * `connectNats` and `provision`, and `unsupported` when the server has no JetStream.
 */
export async function openNatsBus(options: NatsBusOptions, given: NatsBusBehaviour): Promise<Bus> {
  const { onTls, ...behaviour } = given;
  const settings = { ...defaults, ...behaviour };
  const names = namesOf(settings.prefix, options.tenant);
  const connectivity = await connectNats(options, { ...settings, onTls });
  const bus = new NatsBus(connectivity, {
    ...settings,
    names,
    replicas: options.natsReplicas ?? 1,
    source: `/${settings.prefix}/${options.tenant}`,
  });
  try {
    await bus.provision(settings.connectMillis);
    return bus;
  } catch (error) {
    await connectivity.connection.close();
    throw error;
  }
}

type Settings = Required<Omit<NatsBusBehaviour, 'onTls'>> & ProvisionOptions & { readonly source: string };

class NatsBus implements Bus {
  readonly #connectivity: WatchedConnection;
  readonly #jetstream: JetStreamClient;
  readonly #settings: Settings;
  readonly #closed = new AbortController();
  readonly #publish: PublishMessages;
  /** For what work causes. */
  readonly #publishCaused: PublishMessages;
  readonly #runs = new Set<Promise<unknown>>();
  readonly #consumers = new Map<string, Promise<Consumer>>();
  #manager: JetStreamManager | undefined;

  constructor(connectivity: WatchedConnection, settings: Settings) {
    this.#connectivity = connectivity;
    // Each loop and each message in flight adds a listener.
    setMaxListeners(0, this.#closed.signal);
    this.#settings = settings;
    this.#jetstream = jetstream(connectivity.connection, { timeout: 5000 });
    const publishing = { ...settings, connectivity, closed: this.#closed.signal };
    this.#publish = createPublisher(this.#jetstream, publishing);
    this.#publishCaused = createPublisher(this.#jetstream, { ...publishing, publishMillis: Infinity });
  }

  /** Creates missing streams and consumers; waits for a server that has just started. */
  async provision(patience: number): Promise<void> {
    const deadline = Date.now() + patience;
    this.#manager = await jetstreamManager(this.#connectivity.connection, { checkAPI: false, timeout: 5000 });
    for (;;) {
      try {
        await provision(this.#manager, this.#settings);
        return;
      } catch (error) {
        if (error instanceof ClarionError) throw error;
        if (Date.now() + 500 > deadline) throw notReady(error);
      }
      await pause(500, this.#closed.signal);
    }
  }

  publish(messages: readonly BusMessage[]): Promise<void> {
    return this.#publish(messages);
  }

  async run(routes: WorkRoutes, options: RunOptions): Promise<void> {
    const { names } = this.#settings;
    const running: Promise<void>[] = [];
    setMaxListeners(0, options.signal);
    for (const [kind, handler] of Object.entries(routes) as [WorkKind, WorkHandler<WorkKind>][]) {
      const given = { ...this.#settings, kind, run: options, closed: this.#closed.signal };
      const count = options.concurrency?.[kind] ?? defaultConcurrency;
      const taking = { ...given, handler, publish: this.#publishCaused };
      if (kind === 'work.layer') running.push(this.#workInTurns(taking, count));
      else {
        const take = () => this.#takeNext(kind);
        for (let slot = 0; slot < count; slot += 1) running.push(work({ ...taking, take }));
      }
      const advisories = () => this.#consumer(names.streams.deadLetters, consumerOf[kind]);
      running.push(collectLostWork({ ...given, advisories, manager: this.#management, stream: names.streams.work }));
    }
    const all = Promise.all(running);
    this.#runs.add(all);
    // What closes does not wait for pulls, and handlers have been left to themselves.
    await Promise.race([all, closedFor(this.#closed.signal, closeMillis)]);
    this.#runs.delete(all);
  }

  /** Layers, in turns by caller. */
  async #workInTurns(taking: Omit<WorkerOptions, 'take'>, slotCount: number): Promise<void> {
    const { connection } = this.#connectivity;
    const stop = AbortSignal.any([taking.run.signal, this.#closed.signal]);
    const { spares } = this.#settings;
    const lanes = new CallerLanes({ ...this.#settings, connection, manager: this.#management, slots: slotCount, stop });
    const take = () => lanes.next();
    const slots = Array.from({ length: slotCount + spares }, () => work({ ...taking, take }));
    await Promise.all([lanes.watch(), ...slots]);
  }

  async #takeNext(kind: WorkKind): Promise<TakenWork | undefined> {
    const { names, pullMillis } = this.#settings;
    const consumer = await this.#consumer(names.streams.work, consumerOf[kind]);
    const message = await consumer.next({ expires: pullMillis });
    return message === null ? undefined : { message, end: () => undefined };
  }

  subscribe(options: { readonly after?: string; readonly signal: AbortSignal }): AsyncIterable<EventEnvelope> {
    const signal = AbortSignal.any([options.signal, this.#closed.signal]);
    return readEvents(
      { ...options, signal },
      {
        ...this.#settings,
        jetstream: this.#jetstream,
        manager: this.#management,
        stream: this.#settings.names.streams.events,
      },
    );
  }

  async queues(): Promise<readonly QueueState[]> {
    const { names } = this.#settings;
    const counts = await this.#ask(() => workBySubject(this.#management, names));
    const consumers = await this.#ask(() => all(this.#management.consumers.list(names.streams.work)));
    return workKinds.map((kind) => {
      const name = consumerOf[kind];
      const its = consumers.filter(({ name: one }) => one === name || one.startsWith(`${name}-`));
      const running = its.reduce((sum, { num_ack_pending }) => sum + num_ack_pending, 0);
      const redelivered = its.reduce((sum, { num_redelivered }) => sum + num_redelivered, 0);
      // A lane whose consumer does not exist yet counts as waiting.
      return { kind, waiting: Math.max(0, sumOf(counts, names.workSubject(kind)) - running), running, redelivered };
    });
  }

  async backlog(kind: WorkKind, caller: string | undefined): Promise<WorkBacklog> {
    const { names } = this.#settings;
    const counts = await this.#ask(() => workBySubject(this.#management, names));
    return {
      ofCaller: counts[names.workSubject(kind, caller)] ?? 0,
      inAll: sumOf(counts, names.workSubject(kind)),
    };
  }

  async ready(): Promise<boolean> {
    if (this.#closed.signal.aborted || this.#connectivity.lost().aborted) return false;
    const asked = this.#management.streams.info(this.#settings.names.streams.work).then(
      () => true,
      () => false,
    );
    return Promise.race([asked, pause(readyMillis, this.#closed.signal).then(() => false)]);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(new ClarionError('upstream-unavailable', 'The bus is closed'));
    await atMost(closeMillis, Promise.allSettled(this.#runs));
    // Released work must still be sent. If the server is unavailable, it redelivers to another process by itself.
    await atMost(
      1000,
      this.#connectivity.connection.drain().catch(() => undefined),
    );
    await this.#connectivity.connection.close();
  }

  get #management(): JetStreamManager {
    if (this.#manager === undefined) throw new ClarionError('upstream-unavailable', 'The bus is not open yet');
    return this.#manager;
  }

  /** Retries while a server may be about to return. */
  async #ask<T>(question: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.#settings.publishMillis;
    for (;;) {
      try {
        return await question();
      } catch (error) {
        if (isAborted(this.#closed.signal) || Date.now() > deadline) {
          throw new ClarionError('upstream-unavailable', `NATS does not answer (${describeFailure(error)})`, {
            cause: error,
          });
        }
      }
      await pause(200, this.#closed.signal);
    }
  }

  #consumer(stream: string, name: string): Promise<Consumer> {
    const key = `${stream} ${name}`;
    const known = this.#consumers.get(key);
    if (known !== undefined) return known;
    const consumer = this.#jetstream.consumers.get(stream, name);
    this.#consumers.set(key, consumer);
    consumer.catch(() => this.#consumers.delete(key));
    return consumer;
  }
}

/** How much there is of a subject and those below it. */
function sumOf(counts: Readonly<Record<string, number>>, subject: string): number {
  return Object.entries(counts).reduce((sum, [one, count]) => (isBelow(one, subject) ? sum + count : sum), 0);
}

async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** Waits for a promise, but not longer. */
async function atMost(millis: number, done: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([done, pause(millis, over.signal)]);
  over.abort();
}

async function closedFor(signal: AbortSignal, millis: number): Promise<void> {
  if (!signal.aborted) {
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
  }
  await pause(millis, new AbortController().signal);
}

/** An error response of a server with JetStream does not mean that JetStream is missing. */
function notReady(cause: unknown): ClarionError {
  const isWithout = isJetStreamError(cause, 10_039) || isJetStreamError(cause, 10_076);
  if (cause instanceof JetStreamApiError && !isWithout) {
    const message = `The streams of NATS cannot be made ready (${describeFailure(cause)})`;
    return new ClarionError('upstream-unavailable', message, { cause });
  }
  return new ClarionError('unsupported', `The NATS server does not offer JetStream (${describeFailure(cause)})`, {
    cause,
    remedy: 'start it with -js, or enable JetStream for the account',
  });
}
