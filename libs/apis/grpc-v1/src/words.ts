import type { ImageState, NotificationState, Severity, SeverityCounts, NotificationKind } from '@clarion/model';
import { clarionV1 } from '@clarion/proto';

const { ImageState: state, NotificationState: notification, Severity: severity, Transition: transition } = clarionV1;

const imageStates: Readonly<Record<ImageState, clarionV1.ImageState>> = {
  queued: state.IMAGE_STATE_QUEUED,
  indexing: state.IMAGE_STATE_INDEXING,
  indexed: state.IMAGE_STATE_INDEXED,
  failed: state.IMAGE_STATE_FAILED,
};

const severities: Readonly<Record<Severity, clarionV1.Severity>> = {
  Critical: severity.SEVERITY_CRITICAL,
  High: severity.SEVERITY_HIGH,
  Medium: severity.SEVERITY_MEDIUM,
  Low: severity.SEVERITY_LOW,
  Negligible: severity.SEVERITY_NEGLIGIBLE,
  Unknown: severity.SEVERITY_UNKNOWN,
};

const notificationStates: Readonly<Record<NotificationState, clarionV1.NotificationState>> = {
  created: notification.NOTIFICATION_STATE_CREATED,
  delivering: notification.NOTIFICATION_STATE_DELIVERING,
  delivered: notification.NOTIFICATION_STATE_DELIVERED,
  dead: notification.NOTIFICATION_STATE_DEAD,
  acknowledged: notification.NOTIFICATION_STATE_ACKNOWLEDGED,
};

const transitions: Readonly<Record<NotificationKind, clarionV1.Transition>> = {
  affected: transition.TRANSITION_AFFECTED,
  cleared: transition.TRANSITION_CLEARED,
  changed: transition.TRANSITION_CHANGED,
  due: transition.TRANSITION_DUE,
  overdue: transition.TRANSITION_OVERDUE,
};

/** The word with this number; undefined for 0 (unspecified) and for unknown numbers. */
function wordWith<W extends string>(words: Readonly<Record<W, number>>, value: number): W | undefined {
  return (Object.keys(words) as W[]).find((word) => words[word] === value);
}

export const encodeImageState = (word: ImageState): clarionV1.ImageState => imageStates[word];
export const encodeTransition = (word: NotificationKind): clarionV1.Transition => transitions[word];
export const encodeNotificationState = (word: NotificationState): clarionV1.NotificationState =>
  notificationStates[word];
export const decodeSeverity = (value: number): Severity | undefined => wordWith(severities, value);
export const decodeTransition = (value: number): NotificationKind | undefined => wordWith(transitions, value);
export const decodeNotificationState = (value: number): NotificationState | undefined =>
  wordWith(notificationStates, value);

/** Unspecified for a missing severity. */
export function encodeSeverity(word: Severity | undefined): clarionV1.Severity {
  return word === undefined ? severity.SEVERITY_UNSPECIFIED : severities[word];
}

export function encodeCounts(counts: SeverityCounts): clarionV1.SeverityCounts {
  return {
    critical: counts.Critical,
    high: counts.High,
    medium: counts.Medium,
    low: counts.Low,
    negligible: counts.Negligible,
    unknown: counts.Unknown,
  };
}
