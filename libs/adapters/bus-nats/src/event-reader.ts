import { ClarionError, eventId, type EventEnvelope, type Log } from '@clarion/model';
import { DeliverPolicy, type JetStreamClient, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';

import { parseDomainEvent } from './event-data';
import { describeFailure } from './failure';
import { isAborted, pause } from './pause';

export interface EventReaderOptions {
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly stream: string;
  readonly log: Log;
  readonly pullMillis: number;
}

interface Kept {
  /** Distinguishes this stream from an earlier one with the same name. */
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** Reads events in order: after a position, or from the first call of `next`. Ends when the signal aborts. */
export async function* readEvents(
  { after, signal }: { readonly after?: string; readonly signal: AbortSignal },
  options: EventReaderOptions,
): AsyncGenerator<EventEnvelope> {
  const position = after === undefined ? undefined : parsePosition(after);
  if (signal.aborted) return;
  const start = await keptEvents(options, signal);
  if (start === undefined) return;
  if (position !== undefined && (position.name !== start.name || position.sequence > start.last)) throw notKept();
  let last = position?.sequence ?? start.last;
  while (!isAborted(signal)) {
    // Since the last check, the stream may have dropped its oldest events or been replaced.
    const kept = await keptEvents(options, signal);
    if (kept === undefined) return;
    if (kept.name !== start.name || last + 1 < kept.first) throw notKept();
    for await (const message of readFrom(last + 1, options, signal)) {
      last = message.seq;
      const event = parseDomainEvent(message.data);
      if (event === undefined)
        options.log.warn('Events that Clarion did not publish are ignored', { subject: message.subject });
      else yield { position: `${kept.name}:${message.seq}`, id: eventId(event), at: message.time.toISOString(), event };
    }
  }
}

/** Messages from a sequence number on, until the reader's connection ends for any reason. */
async function* readFrom(sequence: number, options: EventReaderOptions, signal: AbortSignal): AsyncGenerator<JsMsg> {
  const { jetstream, stream, log, pullMillis } = options;
  try {
    const consumer = await jetstream.consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: sequence,
    });
    const messages = await consumer.consume({ max_messages: 500, expires: Math.max(pullMillis, 1000) });
    const stop = (): void => void messages.close();
    signal.addEventListener('abort', stop);
    try {
      if (isAborted(signal)) return;
      for await (const message of messages) {
        if (isAborted(signal)) return;
        yield message;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      await messages.close();
    }
  } catch (error) {
    log.debug('Reading events starts again', { reason: describeFailure(error) });
    await pause(250, signal);
  }
}

async function keptEvents(
  { manager, stream, log }: EventReaderOptions,
  signal: AbortSignal,
): Promise<Kept | undefined> {
  while (!isAborted(signal)) {
    try {
      const { created, state } = await manager.streams.info(stream);
      return { name: Date.parse(created).toString(36), first: state.first_seq, last: state.last_seq };
    } catch (error) {
      log.debug('The stream of events is not reachable', { reason: describeFailure(error) });
      await pause(250, signal);
    }
  }
  return undefined;
}

function parsePosition(position: string): { readonly name: string; readonly sequence: number } {
  const [, name, sequence] = /^([\w-]{1,40}):(\d{1,15})$/.exec(position) ?? [];
  if (name === undefined) throw new ClarionError('invalid-input', 'The position is not valid');
  return { name, sequence: Number(sequence) };
}

function notKept(): ClarionError {
  return new ClarionError('not-found', 'Events after this position are no longer stored', {
    remedy: 'read the present state from the store and listen from now on',
  });
}
