import { FairQueue, type Turn } from '@clarion/fair-queue';
import type { Log } from '@clarion/model';
import type { JetStreamManager } from '@nats-io/jetstream';
import { createInbox, errors, type Msg, type NatsConnection } from '@nats-io/transport-node';

import { describeFailure } from './failure';
import { isAborted, pause } from './pause';
import { pulledMessage, type WorkMessage } from './pulled-message';
import { ensureLane, type Provision } from './streams';
import { isBelow, laneConsumer, type Names } from './subjects';

export interface LanesOptions extends Provision {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  readonly log: Log;
  /** Layers that are read at the same time, and so many more of callers whom others would keep waiting. */
  readonly places: number;
  readonly spares: number;
  /** How often lanes are looked for when nobody says that there is work. */
  readonly pullMillis: number;
  /** Aborted when no more work is taken. */
  readonly stop: AbortSignal;
}

/** Work that was taken; its place is free when `end` is called. */
export interface Taken {
  readonly message: WorkMessage;
  readonly end: () => void;
}

/** Lanes are looked for soon after a message was seen, since it is there only when it is stored; then less and less often. */
const soonMillis = 20;
const answerMillis = 5000;
const noMessages = 404;

/**
 * Layers, in turns by caller: each caller's have a subject and a consumer of their own, a lane, and a place that becomes free
 * goes to the lane whose turn it is in this process. A lane is asked without waiting. Which of them may have something is what
 * the stream says of its subjects; when to ask is heard from publishers, and asked from time to time, since what failed
 * comes again later.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #queue: FairQueue<string>;
  /** Those whose consumers are known to be there. */
  readonly #made = new Set<string>();
  #waiting: (() => void)[] = [];
  #rest = new AbortController();

  constructor(options: LanesOptions) {
    this.#options = options;
    const { places, spares } = options;
    this.#queue = new FairQueue({
      places,
      spares,
      onLong: () => {
        this.#wake();
      },
    });
  }

  /** The work whose turn it is, as soon as there is some and a place for it; undefined when no more is taken. */
  async next(): Promise<Taken | undefined> {
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

  /** Looks for lanes until no more work is taken. Never throws. */
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
        // Many may be published at once.
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

  async #take(turn: Turn<string>): Promise<WorkMessage | undefined> {
    let message: WorkMessage | undefined;
    try {
      message = await this.#pull(turn.lane);
    } finally {
      // A lane that has nothing is asked again when it is found the next time.
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
    // A consumer that nobody has asked for long is gone; it is made again.
    if (status !== noMessages) this.#made.delete(lane);
    return undefined;
  }

  #end(turn: Turn<string>): void {
    this.#queue.end(turn);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** As a request of the client, which takes no answer that comes under another subject than it was asked to: work does. */
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
  names: Names,
): Promise<Readonly<Record<string, number>>> {
  const { state } = await manager.streams.info(names.streams.work, { subjects_filter: names.allWork });
  return state.subjects ?? {};
}
