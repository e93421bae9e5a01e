import type { Digest } from './digest';
import type { ErrorCode } from './errors';
import type { NotificationKind } from './notification';
import type { Severity } from './severity';

/**
 * Work: taken by one of the running workers, redelivered until it is done, a dead letter when it cannot be done. Only
 * ids travel; the data is in the store.
 */
export type WorkItem =
  /**
   * Read layer number `layer` (base 0) of a submitted image, unless it is known, and finish the image if it was the
   * last.
   */
  | { readonly kind: 'work.layer'; readonly image: Digest; readonly submission: string; readonly layer: number }
  /** Update a feed now. `request` distinguishes one request from the next. */
  | { readonly kind: 'work.feed'; readonly feed: string; readonly request: string; readonly force?: boolean }
  /** An update changed the data about a vulnerability: find the affected images. */
  | {
      readonly kind: 'advisories.changed';
      readonly update: string;
      readonly vulnerability: string;
      /** Distinguishes a request to retry, after the work was given up, from the first one. The effect is the same. */
      readonly replay?: string;
    };

/** Events: sent to all listeners; those of the last days are retained. */
export type DomainEvent =
  /** `read` is false when the layer was known and was not opened. */
  | { readonly kind: 'layer.indexed'; readonly image: Digest; readonly layer: Digest; readonly read: boolean }
  | { readonly kind: 'image.indexed'; readonly image: Digest; readonly submission: string }
  | {
      readonly kind: 'image.failed';
      readonly image: Digest;
      readonly submission: string;
      readonly code: ErrorCode | 'internal';
      readonly message: string;
    }
  | {
      readonly kind: 'feed.updated';
      readonly feed: string;
      readonly request: string;
      readonly result: 'unchanged' | 'changed' | 'held' | 'failed';
    }
  /** One vulnerability starts or stops affecting an image, changes for it, or nears or passes its deadline there. */
  | {
      readonly kind: 'image.transition';
      readonly transition: NotificationKind;
      readonly notification: string;
      readonly image: Digest;
      readonly vulnerability: string;
      readonly severity: Severity;
      readonly reference: string | null;
    };

export type ClarionEvent = WorkItem | DomainEvent;
export type EventKind = ClarionEvent['kind'];
export type WorkKind = WorkItem['kind'];
export type EventOf<K extends EventKind> = Extract<ClarionEvent, { kind: K }>;

export const workKinds = ['work.layer', 'work.feed', 'advisories.changed'] as const satisfies readonly WorkKind[];

export function isWork(event: ClarionEvent): event is WorkItem {
  return (workKinds as readonly string[]).includes(event.kind);
}

/** Identity of an event: publishing it twice is the same as once. Its parts never contain a space. */
export function eventId(event: ClarionEvent): string {
  switch (event.kind) {
    case 'work.layer':
      return `${event.kind} ${event.image} ${event.submission} ${event.layer}`;
    case 'work.feed':
    case 'feed.updated':
      return `${event.kind} ${event.feed} ${event.request}`;
    case 'advisories.changed':
      return [
        event.kind,
        event.update,
        event.vulnerability,
        ...(event.replay === undefined ? [] : [event.replay]),
      ].join(' ');
    case 'layer.indexed':
      return `${event.kind} ${event.image} ${event.layer}`;
    case 'image.indexed':
    case 'image.failed':
      return `${event.kind} ${event.image} ${event.submission}`;
    case 'image.transition':
      return `${event.kind} ${event.notification} ${event.image} ${event.transition}`;
  }
}
