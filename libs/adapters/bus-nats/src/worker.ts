import {
  ClarionError,
  eventId,
  type ClarionEvent,
  type DeadLetter,
  type WorkHandler,
  type Log,
  type RunOptions,
  type WorkItem,
  type WorkKind,
} from '@clarion/model';

import { parseWork } from './event-data';
import { describeFailure } from './failure';
import type { TakenWork } from './lanes';
import { isAborted, pause } from './pause';
import type { PublishMessages } from './publisher';
import type { WorkMessage } from './pulled-message';
import { consumerOf } from './subjects';
import { headersOf, startProcessing, within, type TraceHeaders } from './trace';

export interface WorkerOptions {
  readonly kind: WorkKind;
  readonly handler: WorkHandler<WorkKind>;
  /** Waits for work, some time or until there is some. */
  readonly take: () => Promise<TakenWork | undefined>;
  readonly publish: PublishMessages;
  readonly run: RunOptions;
  readonly log: Log;
  readonly maxDeliveries: number;
  readonly backoffMillis: readonly number[];
  readonly ackWaitMillis: number;
  /** Aborted when the bus closes. */
  readonly closed: AbortSignal;
}

/** Yielded events of a handler that are not stored yet. */
const inFlight = 256;
/** How long a handler may run after its abort signal before its work is released anyway. */
const lastMillis = 1000;

/**
 * Processes work of one kind, one at a time, until there is a signal to stop. Never throws: failures belong to the
 * work.
 */
export async function work(options: WorkerOptions): Promise<void> {
  const { run, closed, log, kind } = options;
  const stop = AbortSignal.any([run.signal, closed]);
  let failures = 0;
  while (!isAborted(stop)) {
    try {
      // One at a time: a message that waits in a process would lose time while other processes are free. A pull is not
      // cancelled, because a message on its way to a cancelled pull is redelivered only after the ack wait.
      const taken = await options.take();
      failures = 0;
      if (taken === undefined) continue;
      try {
        if (isAborted(stop)) taken.message.nak();
        else await handleMessage(taken.message, options);
      } finally {
        taken.end();
      }
    } catch (error) {
      failures += 1;
      if (failures > 3) log.warn('Work cannot be taken', { kind, reason: describeFailure(error) });
      await pause(Math.min(100 * 2 ** failures, 2000), stop);
    }
  }
}

async function handleMessage(message: WorkMessage, options: WorkerOptions): Promise<void> {
  const { kind, log, ackWaitMillis } = options;
  const event = parseWork(message.data, kind);
  if (event === undefined) {
    log.error('A message of the queue is not work and was removed', { kind, sequence: message.seq });
    message.term('no work item');
    return;
  }
  const heartbeat = setInterval(() => {
    sayWorking(message);
  }, ackWaitMillis / 3);
  try {
    await settle(message, { event, result: await resultOf(message, event, options) }, options);
  } finally {
    clearInterval(heartbeat);
  }
}

/** A closed connection must not crash the process from within a timer. */
function sayWorking(message: WorkMessage): void {
  try {
    message.working();
  } catch {
    // The connection is gone: the work is redelivered to another process.
  }
}

type HandlingResult = { readonly ok: true } | { readonly ok: false; readonly error: unknown } | 'no more time';

/** Runs the handler. When the bus closes, its signal aborts; one second later the bus stops waiting for it. */
async function resultOf(message: WorkMessage, event: WorkItem, options: WorkerOptions): Promise<HandlingResult> {
  const handled = handle(message, event, options).then(
    (): HandlingResult => ({ ok: true }),
    (error: unknown): HandlingResult => ({ ok: false, error }),
  );
  const over = new Promise<HandlingResult>((resolve) => {
    const wait = (): void => void setTimeout(resolve, lastMillis, 'no more time').unref();
    if (options.closed.aborted) wait();
    else options.closed.addEventListener('abort', wait, { once: true });
    void handled.then(() => {
      options.closed.removeEventListener('abort', wait);
    });
  });
  const result = await Promise.race([handled, over]);
  const failedByClosing = result !== 'no more time' && !result.ok && options.closed.aborted;
  return failedByClosing ? 'no more time' : result;
}

async function handle(message: WorkMessage, event: WorkItem, options: WorkerOptions): Promise<void> {
  const given = traceOf(message);
  // One update changes thousands of vulnerabilities: each of them gets a separate trace.
  const linked = options.kind === 'advisories.changed';
  const span = startProcessing(`work.${consumerOf[options.kind]}`, given, { linked });
  const trace = headersOf(span, given);
  const context = {
    signal: options.closed,
    delivery: message.info.deliveryCount,
    ...(trace.traceparent !== undefined && { traceparent: trace.traceparent }),
  };
  await within(span, () => publishAll(options.handler(event, context), trace, options.publish));
}

/** Publishes yielded events in order while more are produced; all of them are stored when this resolves. */
async function publishAll(
  events: AsyncIterable<ClarionEvent>,
  trace: TraceHeaders,
  publish: PublishMessages,
): Promise<void> {
  let pending: Promise<void>[] = [];
  const settled = async (): Promise<void> => {
    const waiting = pending;
    pending = [];
    await Promise.all(waiting);
  };
  try {
    for await (const event of events) {
      const publishing = publish([{ event, ...trace }]);
      publishing.catch(() => undefined);
      pending.push(publishing);
      if (pending.length >= inFlight) await settled();
    }
  } finally {
    await settled();
  }
}

function traceOf({ headers }: WorkMessage): TraceHeaders {
  const [traceparent, tracestate] = [headers?.get('traceparent'), headers?.get('tracestate')];
  return { ...(traceparent && { traceparent }), ...(tracestate && { tracestate }) };
}

interface Handled {
  readonly event: WorkItem;
  readonly result: HandlingResult;
}

async function settle(message: WorkMessage, { event, result }: Handled, options: WorkerOptions): Promise<void> {
  if (result === 'no more time') {
    message.nak();
    return;
  }
  if (result.ok) {
    await acknowledge(message, options);
    return;
  }
  const { error } = result;
  const deliveries = message.info.deliveryCount;
  const isFinal = error instanceof ClarionError && !error.retryable;
  if (!isFinal && deliveries < options.maxDeliveries) {
    message.nak(delayAfter(options.backoffMillis, deliveries));
    return;
  }
  if (await recordDeadLetter(deadLetter(event, deliveries, error), options)) await acknowledge(message, options);
  else message.nak();
}

/** Waits for NATS to confirm the acknowledgement. Without confirmation the work is repeated, which is idempotent. */
async function acknowledge(message: WorkMessage, { ackWaitMillis, log, kind }: WorkerOptions): Promise<void> {
  const deadline = Date.now() + 2 * ackWaitMillis;
  const never = new AbortController().signal;
  do {
    try {
      if (await message.ackAck({ timeout: Math.max(1000, ackWaitMillis / 4) })) return;
    } catch {
      // The connection is lost: after the reconnect, the same acknowledgement is valid.
    }
    await pause(200, never);
  } while (Date.now() < deadline);
  log.warn('Work is done, but NATS could not be informed; it will be done again', { kind, sequence: message.seq });
}

function deadLetter(event: WorkItem, deliveries: number, error: unknown): DeadLetter {
  return {
    id: eventId(event),
    event,
    at: new Date().toISOString(),
    deliveries,
    code: error instanceof ClarionError ? error.code : 'internal',
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Publishes a dead letter, with retries; false when the bus was closed in the meantime. */
export async function recordDeadLetter(
  letter: DeadLetter,
  options: Pick<WorkerOptions, 'run' | 'backoffMillis' | 'closed' | 'log'>,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await options.run.onDead(letter);
      return true;
    } catch (error) {
      options.log.warn('A dead letter could not be kept', { event_id: letter.id, reason: describeFailure(error) });
    }
    await pause(delayAfter(options.backoffMillis, attempt), options.closed);
    if (isAborted(options.closed)) return false;
  }
}

function delayAfter(backoffMillis: readonly number[], failures: number): number {
  return backoffMillis[Math.min(failures, backoffMillis.length) - 1] ?? 0;
}
