import { FairQueue, type QueueTurn } from '@clarion/fair-queue';
import type { Log } from '@clarion/model';
import type { JetStreamManager } from '@nats-io/jetstream';
import { createInbox, errors, type Msg, type NatsConnection } from '@nats-io/transport-node';

import { describeFailure } from './failure';
import { isAborted, pause } from './pause';
import { pulledMessage, type WorkMessage } from './pulled-message';
import { ensureLane, type ProvisionOptions } from './streams';
import { isBelow, laneConsumer, type BusNames } from './subjects';

export interface LanesOptions extends ProvisionOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly log: Log;
  /** Number of layers that are read in parallel, and extra slots for callers that others keep waiting. */
  readonly slots: number;
  readonly spares: number;
  /** Poll interval for lanes when no publisher announces work. */
  readonly pullMillis: number;
  /** Aborted when no more work is accepted. */
  readonly stop: AbortSignal;
}

/** Taken work; its slot is free once `end` is called. */
export interface TakenWork {
  readonly message: WorkMessage;
  readonly end: () => void;
}

/**
 * Lanes are polled soon after a message was announced, because it is visible only once it is stored; then less and less
 * often.
 */
const soonMillis = 20;
const answerMillis = 5000;
const noMessages = 404;

/**
 * Layers, in turns by caller: each caller has a separate subject and consumer (a lane), and a free slot goes to the
 * lane whose turn it is in this process. Requests to a lane do not wait. The subjects in the stream show which lanes
 * may have work. Publishers announce new work; lanes are also polled, because failed work becomes due again later.
 */
export class CallerLanes {
  readonly #options: LanesOptions;
  readonly #queue: FairQueue<string>;
  /** Lanes whose consumers are known to exist. */
  readonly #made = new Set<string>();
  #waiting: (() => void)[] = [];
  #rest = new AbortController();

  constructor(options: LanesOptions) {
    this.#options = options;
    const { slots, spares } = options;
    this.#queue = new FairQueue({
      slots,
      spares,
      onLong: () => {
        this.#wake();
      },
    });
  }

  /** The next work in turn, as soon as there is work and a free slot; undefined after the stop. */
  async next(): Promise<TakenWork | undefined> {
    while (!isAborted(this.#options.stop)) {
      const turn = this.#queue.take();
      if (turn === undefined) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        continue;
      }
      const message = await this.#take(turn);
      if (message === undefined) continue;
      return {
        message,
        end: () => {
          this.#end(turn);
        },
      };
    }
    return undefined;
  }

  /** Searches for lanes until no more work is accepted. Never throws. */
  async watch(): Promise<void> {
    const { connection, names, stop, pullMillis, log } = this.#options;
    const heard = (): void => {
      this.#rest.abort();
    };
    const subject = names.workSubject('work.layer');
    const subscriptions = [subject, `${subject}.*`].map((one) => connection.subscribe(one, { callback: heard }));
    stop.addEventListener('abort', heard);
    let failures = 0;
    for (let rest = soonMillis; !isAborted(stop);) {
      this.#rest = new AbortController();
      try {
        await this.#look();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures > 3) log.warn('Work cannot be looked for', { reason: describeFailure(error) });
      }
      await pause(rest, this.#rest.signal);
      if (!this.#rest.signal.aborted) rest = Math.min(2 * rest, pullMillis);
      else {
        rest = soonMillis;
        // Many may be published together.
        await pause(soonMillis, stop);
      }
    }
    stop.removeEventListener('abort', heard);
    for (const one of subscriptions) one.unsubscribe();
    this.#wake();
  }

  async #look(): Promise<void> {
    const { manager, names } = this.#options;
    const counts = await workBySubject(manager, names);
    const subject = names.workSubject('work.layer');
    for (const one of Object.keys(counts)) {
      if (!isBelow(one, subject)) continue;
      const lane = one.slice(subject.length + 1);
      this.#queue.add(lane, lane);
    }
    this.#wake();
  }

  async #take(turn: QueueTurn<string>): Promise<WorkMessage | undefined> {
    let message: WorkMessage | undefined;
    try {
      message = await this.#pull(turn.lane);
    } finally {
      // An empty lane is requested again when it is next found.
      if (message === undefined) this.#end(turn);
    }
    if (message === undefined) return undefined;
    this.#queue.add(turn.lane, turn.lane);
    this.#wake();
    return message;
  }

  async #pull(lane: string): Promise<WorkMessage | undefined> {
    const { connection, manager, names } = this.#options;
    if (lane !== '' && !this.#made.has(lane)) await ensureLane(manager, lane, this.#options);
    this.#made.add(lane);
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${names.streams.work}.${laneConsumer(lane)}`;
    const request = JSON.stringify({ batch: 1, no_wait: true });
    const answer = await ask(connection, subject, request);
    const status = answer.headers?.code ?? 0;
    if (status === 0) return pulledMessage(answer, connection);
    // The server deletes a consumer that was idle for long; it is created again.
    if (status !== noMessages) this.#made.delete(lane);
    return undefined;
  }

  #end(turn: QueueTurn<string>): void {
    this.#queue.end(turn);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/**
 * Like a request of the client, which does not accept a response under another subject than requested: work has another
 * subject.
 */
function ask(connection: NatsConnection, subject: string, request: string): Promise<Msg> {
  return new Promise((resolve, reject) => {
    const reply = createInbox();
    const subscription = connection.subscribe(reply, {
      max: 1,
      callback: (error, message) => {
        clearTimeout(timer);
        if (error === null) resolve(message);
        else reject(error);
      },
    });
    const timer = setTimeout(() => {
      subscription.unsubscribe();
      reject(new errors.TimeoutError());
    }, answerMillis).unref();
    connection.publish(subject, request, { reply });
  });
}

/** How much work of each subject is not done. */
export async function workBySubject(
  manager: JetStreamManager,
  names: BusNames,
): Promise<Readonly<Record<string, number>>> {
  const { state } = await manager.streams.info(names.streams.work, { subjects_filter: names.allWork });
  return state.subjects ?? {};
}
