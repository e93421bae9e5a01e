import { eventId, type DeadLetter, type WorkItem } from '@clarion/model';
import type { Consumer, JetStreamManager, JsMsg, StoredMsg } from '@nats-io/jetstream';
import { z } from 'zod';

import { parseWork } from './event-data';
import { describeFailure } from './failure';
import { isJetStreamError } from './jetstream-errors';
import { isAborted, pause } from './pause';
import { recordDeadLetter, type WorkerOptions } from './worker';

export interface LostWorkOptions extends Omit<WorkerOptions, 'handler' | 'publish' | 'take'> {
  readonly pullMillis: number;
  /** The consumer of the server's advisories about this kind of work. */
  readonly advisories: () => Promise<Consumer>;
  readonly manager: JetStreamManager;
  readonly stream: string;
}

/** https://docs.nats.io/running-a-nats-service/nats_admin/monitoring/monitoring_jetstream */
const advisory = z.object({ type: z.string(), stream_seq: z.int(), deliveries: z.int() });

/**
 * Records dead letters with the code `process` for work whose deliveries all ended without a response: its handler
 * crashed the process. The server stops the delivery and publishes an advisory, which a stream keeps.
 */
export async function collectLostWork(options: LostWorkOptions): Promise<void> {
  const { run, closed, log, kind } = options;
  const stop = AbortSignal.any([run.signal, closed]);
  let failures = 0;
  while (!isAborted(stop)) {
    try {
      const message = await (await options.advisories()).next({ expires: options.pullMillis });
      failures = 0;
      if (message !== null) await collect(message, options);
    } catch (error) {
      failures += 1;
      if (failures > 3) log.warn('Lost work cannot be looked for', { kind, reason: describeFailure(error) });
      await pause(Math.min(100 * 2 ** failures, 2000), stop);
    }
  }
}

async function collect(message: JsMsg, options: LostWorkOptions): Promise<void> {
  const parsed = advisory.safeParse(safeJson(message));
  const lost = parsed.success ? await storedWork(parsed.data.stream_seq, options) : undefined;
  if (!parsed.success || lost === undefined) {
    // It was finished after all, or dropped because it is not work.
    await message.ackAck();
    return;
  }
  const letter: DeadLetter = {
    id: eventId(lost),
    event: lost,
    at: new Date().toISOString(),
    deliveries: parsed.data.deliveries,
    code: 'process',
    message: 'Every process that took this work ended before it said anything',
  };
  if (!(await recordDeadLetter(letter, options))) {
    message.nak();
    return;
  }
  await options.manager.streams.deleteMessage(options.stream, parsed.data.stream_seq, false);
  await message.ackAck();
}

async function storedWork(seq: number, options: LostWorkOptions): Promise<WorkItem | undefined> {
  const stored = await storedMessage(seq, options);
  return stored === undefined ? undefined : parseWork(stored.data, options.kind);
}

async function storedMessage(seq: number, { manager, stream }: LostWorkOptions): Promise<StoredMsg | undefined> {
  try {
    return (await manager.streams.getMessage(stream, { seq })) ?? undefined;
  } catch (error) {
    if (isJetStreamError(error, 10_037)) return undefined;
    throw error;
  }
}

function safeJson(message: JsMsg): unknown {
  try {
    return message.json();
  } catch {
    return undefined;
  }
}
