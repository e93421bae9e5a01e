import {
  ClarionError,
  eventId,
  workKinds,
  type Bus,
  type DeadLetter,
  type DeadLetterStore,
  type EventOf,
  type WorkHandler,
  type Log,
  type WorkRoutes,
  type WorkKind,
} from '@clarion/model';

import type { ProcessMetrics } from './metrics';

/** The same routes; each delivery is logged with the event's id and counted (`clarion_events_handled_total` etc.). */
export function observed(routes: WorkRoutes, by: { readonly log: Log; readonly metrics: ProcessMetrics }): WorkRoutes {
  const wrapped = Object.entries(routes).map(([kind, handler]) => [
    kind,
    observe(kind as WorkKind, handler as never, by),
  ]);
  return Object.fromEntries(wrapped) as WorkRoutes;
}

function observe<K extends WorkKind>(
  kind: K,
  handler: WorkHandler<K>,
  { log, metrics }: { log: Log; metrics: ProcessMetrics },
): WorkHandler<K> {
  const handled = metrics.metric('clarion_events_handled_total');
  const seconds = metrics.metric('clarion_event_duration_seconds');
  const redelivered = metrics.metric('clarion_queue_redeliveries_total');
  return async function* (event: EventOf<K>, context) {
    const id = eventId(event);
    const { delivery } = context;
    const end = seconds.startTimer({ kind });
    if (delivery > 1) redelivered.inc({ stream: 'work', consumer: kind });
    log.debug('Event taken', { event_id: id, delivery });
    try {
      yield* handler(event, context);
      handled.inc({ kind, outcome: 'ok' });
      log.info('Event handled', { event_id: id, delivery, duration_ms: Math.round(end() * 1000) });
    } catch (error) {
      end();
      const result = error instanceof ClarionError && !error.retryable ? 'refused' : 'retry';
      handled.inc({ kind, outcome: result });
      const reason = error instanceof ClarionError ? { code: error.code, reason: error.message } : { error };
      log.warn('Event not handled', { event_id: id, delivery, outcome: result, ...reason });
      throw error;
    }
  };
}

/** Sets `clarion_queue_lag` and `clarion_queue_ack_pending` before every scrape. */
export function watchQueues(bus: Pick<Bus, 'queues'>, metrics: ProcessMetrics): void {
  const lag = metrics.metric('clarion_queue_lag');
  const pending = metrics.metric('clarion_queue_ack_pending');
  metrics.beforeScrape(async () => {
    for (const { kind, waiting, running } of await bus.queues()) {
      lag.set({ stream: 'work', consumer: kind }, waiting);
      pending.set({ stream: 'work', consumer: kind }, running);
    }
  });
}

type OnDead = (letter: DeadLetter) => Promise<void>;

/** The same; each stored dead letter is counted and logged. */
export function observedDead(
  keep: OnDead,
  { log, metrics }: { readonly log: Log; readonly metrics: ProcessMetrics },
): OnDead {
  const letters = metrics.metric('clarion_dead_letters_total');
  return async (letter) => {
    await keep(letter);
    const { id, code, deliveries, message, event } = letter;
    letters.inc({ kind: event.kind, code });
    log.error('Work became a dead letter', { event_id: id, code, deliveries, reason: message });
  };
}

const lettersTogether = 500;
/** An exact count is not needed beyond this: a scrape must not take forever. */
const mostPages = 20;

/** Sets `clarion_dlq_messages` before every scrape; at most 10,000 are counted. */
export function watchDeadLetters(store: Pick<DeadLetterStore, 'deadLetters'>, metrics: ProcessMetrics): void {
  const kept = metrics.metric('clarion_dlq_messages');
  metrics.beforeScrape(async () => {
    const counts = new Map<WorkKind, number>(workKinds.map((kind) => [kind, 0]));
    let after: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const { items, next } = await store.deadLetters({
        limit: lettersTogether,
        ...(after !== undefined && { after }),
      });
      for (const { event } of items) counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
      after = next;
      if (after === undefined) break;
    }
    for (const [consumer, count] of counts) kept.set({ stream: 'work', consumer }, count);
  });
}
