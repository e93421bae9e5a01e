import { JetStreamApiError } from '@nats-io/jetstream';

/**
 * Whether a JetStream request can be retried: `again` soon, `full` once there is room, `never` if the request itself is
 * rejected.
 */
export type ErrorClass = 'again' | 'full' | 'never';

/**
 * JetStream error codes that these requests can return, with the names of nats-server (`server/errors.json` of 2.15).
 * The HTTP-like status (400, 503) is not specific enough: 400 means a full account or a message that is too large.
 * Codes that are not listed are retried (`again`), so that a new error of a later server does not discard valid work.
 */
export const jetStreamErrors = {
  10_002: ['JSAccountResourcesExceededErr', 'full'],
  10_004: ['JSClusterIncompleteErr', 'again'],
  10_006: ['JSClusterNotActiveErr', 'again'],
  10_007: ['JSClusterNotAssignedErr', 'again'],
  10_008: ['JSClusterNotAvailErr', 'again'],
  10_009: ['JSClusterNotLeaderErr', 'again'],
  10_023: ['JSInsufficientResourcesErr', 'full'],
  10_028: ['JSMemoryResourcesExceededErr', 'full'],
  10_035: ['JSNoAccountErr', 'again'],
  10_037: ['JSNoMessageFoundErr', 'never'],
  10_039: ['JSNotEnabledForAccountErr', 'again'],
  10_041: ['JSRaftGeneralErrF', 'again'],
  10_047: ['JSStorageResourcesExceededErr', 'full'],
  10_051: ['JSStreamGeneralErrorF', 'again'],
  10_053: ['JSStreamLimitsErrF', 'full'],
  10_054: ['JSStreamMessageExceedsMaximumErr', 'never'],
  // A stream may be about to be created or moved.
  10_059: ['JSStreamNotFoundErr', 'again'],
  10_060: ['JSStreamNotMatchErr', 'never'],
  10_070: ['JSStreamWrongLastMsgIDErrF', 'never'],
  10_071: ['JSStreamWrongLastSequenceErrF', 'never'],
  10_074: ['JSStreamReplicasNotSupportedErr', 'never'],
  10_076: ['JSNotEnabledErr', 'again'],
  // With `discard: new` also: "maximum messages exceeded", "maximum bytes exceeded".
  10_077: ['JSStreamStoreFailedF', 'full'],
  10_096: ['JSStreamInvalidErr', 'again'],
  10_097: ['JSStreamHeaderExceedsMaximumErr', 'never'],
  10_109: ['JSStreamSealedErr', 'never'],
  10_118: ['JSStreamOfflineErr', 'again'],
  10_122: ['JSStreamMaxStreamBytesExceeded', 'full'],
  10_148: ['JSConsumerAlreadyExists', 'never'],
  // The first attempt has reached the leader but is not committed; it may still fail.
  10_158: ['JSStreamDuplicateMessageConflict', 'again'],
  10_163: ['JSStreamExpectedLastSeqPerSubjectNotReady', 'again'],
  10_164: ['JSStreamWrongLastSequenceConstantErr', 'never'],
  10_165: ['JSMessageTTLInvalidErr', 'never'],
  10_166: ['JSMessageTTLDisabledErr', 'never'],
  10_167: ['JSStreamTooManyRequests', 'again'],
  10_194: ['JSStreamOfflineReasonErrF', 'again'],
} as const satisfies Readonly<Record<number, readonly [name: string, errorClass: ErrorClass]>>;

/** The class of any error: `again` for errors that are not JetStream responses, such as a time-out. */
export function classifyError(error: unknown): ErrorClass {
  if (!(error instanceof JetStreamApiError)) return 'again';
  const known: Readonly<Record<number, readonly [string, ErrorClass]>> = jetStreamErrors;
  return known[error.code]?.[1] ?? 'again';
}

/** Whether an error is this one of JetStream. */
export function isJetStreamError(error: unknown, code: keyof typeof jetStreamErrors): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
