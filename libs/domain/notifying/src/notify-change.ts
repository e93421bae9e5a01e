import type { MatchFacts } from '@clarion/matching';
import type { ExploitationThreshold, ReportOptions } from '@clarion/reporting';
import {
  type AffectedImage,
  type ChangedVulnerability,
  type FactChange,
  feedName,
  type WorkHandler,
  type Log,
  type Notification,
  type TransitionKind,
  type AdvisoryStore,
  type ChangeStore,
  type CompositionStore,
  type DeadlineStore,
  type DeliveryStore,
  type EndpointStore,
  type ImageStore,
  type NotificationStore,
  type TagStore,
} from '@clarion/model';
import { gatherImages, type AffectedImages } from './affected-images';
import { announceNotification } from './announce-notification';
import { findAffected, type AffectedComposition } from './find-affected';
import { notificationId } from './notification-id';
import { countedTogether, createCountRefresh } from './refresh-counts';
import { missingExploitation } from './missing-exploitation';
import { collect, laterChanges } from './related-changes';
import { createViewBuilder } from './vulnerability-view';

/** `epssThreshold`: that of the process that updates feeds. */
export interface NotifyChangeDeps extends ExploitationThreshold {
  readonly store: MatchFacts &
    Pick<ChangeStore, 'changes'> &
    Pick<CompositionStore, 'compositionsWithPackage' | 'composition' | 'compositionFeatures' | 'putCounts'> &
    Pick<AdvisoryStore, 'packagesOf'> &
    Pick<ImageStore, 'images' | 'imageNames'> &
    Pick<TagStore, 'tags'> &
    Pick<NotificationStore, 'notification' | 'putNotification' | 'affectedImages'> &
    Pick<EndpointStore, 'endpoints'> &
    Pick<DeliveryStore, 'addDeliveries'> &
    Pick<DeadlineStore, 'planDeadlineChecks'>;
  /** The options that reports are matched with. Called for each message, because feeds and the time change. */
  readonly options: () => ReportOptions;
  readonly now: () => Date;
  /** Also notify of changes that affect only a state, for endpoints that ask for them; default false. */
  readonly stateChanges?: boolean;
  /** Also notify of images whose tags have all been moved to other images; default false. */
  readonly withoutReference?: boolean;
  /**
   * The number of images whose names stay in memory for one notification; further images are read twice. Default
   * 200,000.
   */
  readonly maxBufferedImages?: number;
  /** Deliveries became due: a delivery loop in this process need not wait for its next poll. */
  readonly onDue?: () => void;
  /** Gets a warning about compositions that are too large to be matched; nobody is notified of their images. */
  readonly log?: Log;
  /** Called for each new notification, for metrics. */
  readonly onNotified?: (counts: Readonly<Record<TransitionKind, number>>) => void;
}

/**
 * Handler of `advisories.changed`: finds the images that a changed vulnerability affects, stores one notification with
 * all of them and its deliveries, and yields one `image.transition` for each image and transition. At the end,
 * the deadlines of their images are planned again, and compositions whose counts changed are recounted. On redelivery, existing data stays unchanged, missing steps are
 * done, and the events are the same.
 */
export function notifyChange(deps: NotifyChangeDeps): WorkHandler<'advisories.changed'> {
  const counted = new CountedCompositions();
  return async function* ({ update, vulnerability }, { traceparent }) {
    const { store } = deps;
    const id = notificationId({ update, vulnerability });
    const changes = await collect(store.changes({ update, vulnerability }));
    const recount = new Set<string>();
    const changed = new Set<string>();
    const affected = noting({ recount, changed }, await affectedBy({ update, vulnerability }, changes, deps), deps);
    if ((await store.notification(id)) === undefined) {
      const made = await notificationOf({ id, update, vulnerability, changes }, await gather(affected, deps), deps);
      if (made !== undefined) {
        const traced = traceparent === undefined ? {} : { traceparent };
        const missing = missingExploitation(deps.options().feeds, await store.feedStates());
        const unknown = missing === undefined ? {} : { knownExploitedMissing: missing };
        await store.putNotification({ ...made.notification, ...unknown, ...traced }, made.pages);
        deps.onNotified?.(made.notification.counts);
      }
    } else {
      // Only the compositions with changed counts are needed.
      while ((await affected.next()).done !== true);
    }
    const notification = await store.notification(id);
    if (notification !== undefined) {
      yield* announceNotification(notification, deps);
    }
    await store.planDeadlineChecks([...changed], deps.now().toISOString());
    const refresh = createCountRefresh({ store, options: deps.options() });
    const left = counted.notSince(update, recount);
    for await (const together of countedTogether(left, store)) {
      await Promise.all(together.map(refresh));
      for (const composition of together) counted.add(composition, update);
    }
  };
}

async function affectedBy(
  changed: ChangedVulnerability,
  changes: readonly FactChange[],
  deps: NotifyChangeDeps,
): Promise<AsyncIterable<AffectedComposition>> {
  const { stateChanges = false, epssThreshold } = deps;
  const later = await laterChanges(changed, changes, deps.store);
  return findAffected({ changes, later }, { ...deps, options: deps.options(), stateChanges, epssThreshold });
}

async function* noting(
  { recount, changed }: { readonly recount: Set<string>; readonly changed: Set<string> },
  affected: AsyncIterable<AffectedComposition>,
  { log }: Pick<NotifyChangeDeps, 'log'>,
): AsyncGenerator<AffectedComposition> {
  for await (const one of affected) {
    const { composition, effect } = one;
    if (effect.exceeded !== undefined) {
      log?.warn('An image is too large to be matched, so that nobody is notified of it', {
        composition,
        ...effect.exceeded,
      });
    }
    if (effect.recount) recount.add(composition);
    if (effect.recount || effect.transitions.length > 0) changed.add(composition);
    yield one;
  }
}

function gather(affected: AsyncIterable<AffectedComposition>, deps: NotifyChangeDeps): Promise<AffectedImages> {
  const { store, withoutReference = false, maxBufferedImages } = deps;
  return gatherImages(affected, {
    store,
    withoutReference,
    ...(maxBufferedImages === undefined ? {} : { maxBuffered: maxBufferedImages }),
  });
}

interface Made {
  readonly notification: Notification;
  readonly pages: AsyncIterable<readonly AffectedImage[]>;
}

/** The public name of a feed: it may be stored under an id that includes its location. */
function nameOf(id: string, { feeds }: ReturnType<NotifyChangeDeps['options']>): string {
  const source = feeds.find((feed) => feed.id === id);
  return source === undefined ? id : feedName(source);
}

/** Undefined when no image is affected. */
async function notificationOf(
  of: ChangedVulnerability & { readonly id: string; readonly changes: readonly FactChange[] },
  images: AffectedImages,
  { now, options }: Pick<NotifyChangeDeps, 'now' | 'options'>,
): Promise<Made | undefined> {
  const { id, update, vulnerability, changes } = of;
  const { counts, compositions } = images;
  const [change] = changes;
  if (compositions.length === 0 || change === undefined) return undefined;
  const [before, after] = [createViewBuilder(), createViewBuilder()];
  const namespaces = new Set<string>();
  for (const { effect } of compositions) {
    await before.add(effect.before);
    await after.add(effect.after);
    for (const { package: one } of [...effect.before, ...effect.after]) namespaces.add(one.namespace);
  }
  const notification: Notification = {
    id,
    update,
    feed: nameOf(change.feed, options()),
    vulnerability,
    createdAt: now().toISOString(),
    state: 'created',
    before: before.view(),
    after: after.view(),
    counts,
    namespaces: [...namespaces].sort(),
  };
  return { notification, pages: images.pages() };
}

/** The maximum number of compositions that are remembered as counted. */
const maxCounted = 200_000;

/**
 * Remembers the last update for which a composition was counted. Counting reads all facts, so further messages of the
 * same update need not count again; losing this memory only costs time.
 */
class CountedCompositions {
  private readonly updates = new Map<string, string>();

  notSince(update: string, compositions: ReadonlySet<string>): readonly string[] {
    return [...compositions].filter((one) => (this.updates.get(one) ?? '') < update);
  }

  add(composition: string, update: string): void {
    if (this.updates.size >= maxCounted) this.updates.clear();
    this.updates.set(composition, update);
  }
}
