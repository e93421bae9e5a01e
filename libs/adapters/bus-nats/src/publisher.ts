import { createDeadline } from '@clarion/deadlines';
import { ClarionError, isWork, type BusMessage, type DomainEvent } from '@clarion/model';
import type { JetStreamClient } from '@nats-io/jetstream';
import { errors, headers as newHeaders, type MsgHdrs } from '@nats-io/transport-node';

import { cloudEventHeaders, messageIdFor } from './cloud-event';
import { describeFailure } from './failure';
import { isJetStreamError, classifyError } from './jetstream-errors';
import type { WatchedConnection } from './nats-connection';
import { pause } from './pause';
import { consumerOf, type BusNames } from './subjects';
import { headersOf, startSending, within, type TraceHeaders } from './trace';

export interface PublisherOptions {
  readonly connectivity: WatchedConnection;
  readonly names: BusNames;
  readonly source: string;
  /**
   * How long storing a message is retried; unlimited for events of work, which would otherwise fail through no fault of
   * its own.
   */
  readonly publishMillis: number;
  /** Aborts the wait. */
  readonly closed: AbortSignal;
}

const attemptMillis = 3000;
/** Number of messages of one call that are in flight at the same time. */
const inFlight = 256;

/** Publishes events, in their order, and resolves when JetStream has stored all of them. */
export type PublishMessages = (messages: readonly BusMessage[]) => Promise<void>;

/** A message is stored once, however many attempts there were: NATS recognises its id. */
export function createPublisher(jetstream: JetStreamClient, options: PublisherOptions): PublishMessages {
  return async (messages) => {
    for (let start = 0; start < messages.length; start += inFlight) {
      const batch = messages.slice(start, start + inFlight);
      const results = await Promise.allSettled(batch.map((message) => publishOne(jetstream, message, options)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
  };
}

async function publishOne(jetstream: JetStreamClient, message: BusMessage, options: PublisherOptions): Promise<void> {
  const { event, caller, ...given } = message;
  const subject = isWork(event) ? options.names.workSubject(event.kind, caller) : options.names.eventSubject(event);
  const span = startSending(templateOf(message), given);
  await within(span, async () => {
    const headers = headersFor(message, options, headersOf(span, given));
    await untilStored(() => store(jetstream, { subject, message, headers }), options);
  });
}

interface Outgoing {
  readonly subject: string;
  readonly message: BusMessage;
  readonly headers: MsgHdrs;
}

async function store(jetstream: JetStreamClient, { subject, message, headers }: Outgoing): Promise<void> {
  const payload = JSON.stringify(message.event);
  await jetstream.publish(subject, payload, { msgID: messageIdFor(message), headers, timeout: attemptMillis });
}

async function untilStored(attempt: () => Promise<void>, options: PublisherOptions): Promise<void> {
  const { publishMillis, closed, connectivity } = options;
  const deadline = Date.now() + publishMillis;
  for (let delay = 50; ; delay = Math.min(delay * 2, 2000)) {
    if (connectivity.lost().aborted) {
      const { signal, clear } = createDeadline(deadline - Date.now(), closed);
      await connectivity.up(signal).finally(clear);
    }
    if (closed.aborted) throw new ClarionError('upstream-unavailable', 'The bus is closed');
    try {
      await unlessLost(attempt(), connectivity);
      return;
    } catch (error) {
      if (isTooLarge(error)) throw tooLarge(error);
      const errorClass = classifyError(error);
      if (errorClass === 'never') throw refused(error);
      if (errorClass === 'full' && Number.isFinite(publishMillis)) throw full(error);
      if (Date.now() + delay > deadline) {
        const message = `NATS has not stored an event in ${publishMillis} ms (${describeFailure(error)})`;
        throw new ClarionError('upstream-unavailable', message, { cause: error });
      }
    }
    await pause(delay, closed);
  }
}

/** A response cannot arrive on a lost connection. The request may have succeeded: its id identifies it. */
function unlessLost<T>(attempt: Promise<T>, connectivity: WatchedConnection): Promise<T> {
  const signal = connectivity.lost();
  return new Promise((resolve, reject) => {
    const end = (): void => {
      reject(new Error('the connection was lost'));
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    attempt.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', end);
    });
  });
}

/** Rejected by this client, by the stream, or because of its headers. */
function isTooLarge(error: unknown): error is Error {
  return (
    error instanceof errors.InvalidArgumentError || isJetStreamError(error, 10_054) || isJetStreamError(error, 10_097)
  );
}

function tooLarge(cause: Error): ClarionError {
  return new ClarionError('limit-exceeded', `An event is larger than NATS takes (${cause.message})`, { cause });
}

function refused(cause: unknown): ClarionError {
  return new ClarionError('unsupported', `NATS refuses an event (${describeFailure(cause)})`, { cause });
}

function full(cause: unknown): ClarionError {
  return new ClarionError('upstream-unavailable', `NATS has no room for an event (${describeFailure(cause)})`, {
    cause,
    remedy: 'try again when some of the work is done, or raise the limits of the stream or the account',
  });
}

function headersFor({ event }: BusMessage, { source }: PublisherOptions, trace: TraceHeaders): MsgHdrs {
  const headers = newHeaders();
  for (const [name, value] of Object.entries(trace)) headers.set(name, value as string);
  if (isWork(event)) return headers;
  const time = new Date().toISOString();
  for (const [name, value] of cloudEventHeaders(event satisfies DomainEvent, { source, time, ...trace }))
    headers.set(name, value);
  return headers;
}

/** A destination without tenant, feed and severity: there may only be few in a trace. */
function templateOf({ event }: BusMessage): string {
  return isWork(event) ? `work.${consumerOf[event.kind]}` : `v1.${event.kind}`;
}
