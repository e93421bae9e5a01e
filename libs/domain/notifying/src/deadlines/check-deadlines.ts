import {
  ClarionError,
  type DeadlineCheck,
  type DeadlineStore,
  type DeliveryStore,
  type DomainEvent,
  type EndpointStore,
  type ErrorCode,
  type Log,
  type NotificationCounts,
  type NotificationStore,
  type ProgressStore,
} from '@clarion/model';
import type { DeadlinePolicy } from '@clarion/policy';
import type { FindingOptions } from '@clarion/reporting';
import { announceNotification } from '../announce-notification';
import { compositionDeadlines, type CompositionDeadlinesDeps, type DeadlineWindow } from './composition-deadlines';
import { DeadlineNotifications } from './deadline-notifications';

export interface CheckDeadlinesDeps extends Omit<CompositionDeadlinesDeps, 'options'> {
  readonly store: CompositionDeadlinesDeps['store'] &
    DeadlineStore &
    ProgressStore &
    Pick<NotificationStore, 'notification' | 'putNotification' | 'affectedImages'> &
    Pick<EndpointStore, 'endpoints'> &
    Pick<DeliveryStore, 'addDeliveries'>;
  readonly policy: DeadlinePolicy;
  /** The options that reports are matched with. Called for each check, because feeds change. */
  readonly options: () => FindingOptions;
  readonly now: () => Date;
  readonly onDue?: () => void;
  readonly onNotified?: (counts: NotificationCounts) => void;
  readonly log?: Log;
}

const windowMillis = 3_600_000;
/** Indexing and updates that end around the end of a window are visible when it is checked. */
const settledMillis = 5 * 60_000;
/** Its history is too large, or its facts are damaged. */
const ofOneImage: ReadonlySet<string> = new Set<ErrorCode>(['limit-exceeded', 'corrupt-data']);
/** When such a composition is tried again. */
const againMillis = 24 * windowMillis;
const checksTogether = 100;
const eventsTogether = 200;
/** Images, one for each flaw, that stay in memory. */
const mostGathered = 50_000;

/**
 * Names of the progress: the end of the last window, with that of the next one while it is checked; and the policy that
 * all checks were planned by.
 */
const windowName = 'deadlines';
const policyName = 'deadline policy';

/**
 * Notifies of all findings of images that became due or overdue since the last check, hour by hour. The first check
 * only remembers when it was: what has long been overdue triggers nothing. Events are yielded
 * in batches, and must be on the bus before the next batch is asked for. Repeated after a crash, it stores and yields
 * the same again.
 */
export async function* checkDeadlines(
  deps: CheckDeadlinesDeps,
): AsyncGenerator<readonly DomainEvent[], void, undefined> {
  const { store, now } = deps;
  const ended = Math.floor((now().getTime() - settledMillis) / windowMillis) * windowMillis;
  const to = new Date(ended).toISOString();
  await planAll(to, deps);
  const known = await store.progress(windowName);
  if (known === undefined) {
    await store.putProgress(windowName, { from: known, to });
    return;
  }
  const [from = known, begun] = known.split(' ');
  // A window that was interrupted is repeated as it was: its notifications have the same ids then.
  const windows =
    begun === undefined
      ? [{ from, to }]
      : [
          { from, to: begun },
          { from: begun, to },
        ];
  let progress = known;
  for (const window of windows) {
    if (window.from >= window.to) continue;
    const running = `${window.from} ${window.to}`;
    if (progress !== running && !(await store.putProgress(windowName, { from: progress, to: running }))) return;
    yield* checkWindow(window, deps);
    if (!(await store.putProgress(windowName, { from: running, to: window.to }))) return;
    progress = window.to;
  }
}

/** All compositions have to be looked at after a change of the policy, and when there is one for the first time. */
async function planAll(at: string, { store, policy }: CheckDeadlinesDeps): Promise<void> {
  const to = JSON.stringify([policy.noticeMillis, policy.rules.map(({ text }) => text)]);
  const from = await store.progress(policyName);
  if (from === to) return;
  let after: string | undefined;
  do {
    const page = await store.images({ by: 'all' }, { limit: 500, ...(after === undefined ? {} : { after }) });
    const compositions = new Set(page.items.flatMap(({ composition }) => composition ?? []));
    await store.planDeadlineChecks([...compositions], at);
    after = page.next;
  } while (after !== undefined);
  await store.putProgress(policyName, { from, to });
}

async function* checkWindow(
  window: DeadlineWindow,
  deps: CheckDeadlinesDeps,
): AsyncGenerator<readonly DomainEvent[], void, undefined> {
  const { store } = deps;
  const options = deps.options();
  const gathered = new DeadlineNotifications(window.to, { ...deps, options });
  const seen = new Set<string>();
  let done: { readonly check: DeadlineCheck; readonly next: string | null }[] = [];
  const settle = async function* (): AsyncGenerator<readonly DomainEvent[], void, undefined> {
    for (const notification of await gathered.put()) {
      deps.onNotified?.(notification.counts);
      yield* inBatches(announceNotification(notification, deps));
    }
    for (const { check, next } of done) await store.putNextCheck(check, next);
    done = [];
  };
  for (;;) {
    const checks = await store.deadlineChecks(window.to, checksTogether);
    for (const check of checks) {
      if (seen.has(check.composition)) {
        // Planned again meanwhile: that is for the next window.
        await store.putNextCheck(check, new Date(Date.parse(window.to) + 1).toISOString());
        continue;
      }
      seen.add(check.composition);
      done.push({ check, next: await checkComposition(check.composition, { window, gathered }, { ...deps, options }) });
      if (gathered.size >= mostGathered) yield* settle();
    }
    yield* settle();
    if (checks.length < checksTogether) return;
  }
}

/** When it has to be looked at next. */
async function checkComposition(
  id: string,
  { window, gathered }: { readonly window: DeadlineWindow; readonly gathered: DeadlineNotifications },
  deps: CompositionDeadlinesDeps & Pick<CheckDeadlinesDeps, 'log'>,
): Promise<string | null> {
  try {
    const found = await compositionDeadlines(id, window, deps);
    if (found === undefined) return null;
    await gathered.add(id, found.subject, found.passed);
    return found.next;
  } catch (error) {
    // One image must not keep the others from being checked. What fails for all is tried again as a whole.
    if (!(error instanceof ClarionError) || !ofOneImage.has(error.code)) throw error;
    deps.log?.warn('Deadlines of an image are unknown', { composition: id, error });
    return new Date(Date.parse(window.to) + againMillis).toISOString();
  }
}

async function* inBatches(events: AsyncIterable<DomainEvent>): AsyncGenerator<readonly DomainEvent[], void, undefined> {
  let batch: DomainEvent[] = [];
  for await (const event of events) {
    batch.push(event);
    if (batch.length < eventsTogether) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
