import { status } from '@grpc/grpc-js';
import type { ErrorCode } from '@clarion/model';

/**
 * The gRPC status of each error code: the only place that maps them. Errors in the request or in what it names are the
 * caller's (`INVALID_ARGUMENT`, `FAILED_PRECONDITION`); only `UNAVAILABLE` is worth an unchanged retry.
 */
export const statusOfCode = {
  'invalid-input': status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  unsupported: status.UNIMPLEMENTED,
  'limit-exceeded': status.RESOURCE_EXHAUSTED,
  'corrupt-data': status.INVALID_ARGUMENT,
  'digest-mismatch': status.FAILED_PRECONDITION,
  conflict: status.FAILED_PRECONDITION,
  'invalid-version': status.INVALID_ARGUMENT,
  // From the registry of an image; a caller of Clarion without credentials is UNAUTHENTICATED.
  unauthorized: status.PERMISSION_DENIED,
  'egress-denied': status.PERMISSION_DENIED,
  'switched-off': status.FAILED_PRECONDITION,
  'history-pruned': status.OUT_OF_RANGE,
  'no-data': status.FAILED_PRECONDITION,
  'upstream-unavailable': status.UNAVAILABLE,
  'index-being-built': status.UNAVAILABLE,
  'storage-unavailable': status.UNAVAILABLE,
} as const satisfies Record<ErrorCode, status>;

/** The code for a status without details, from the caller's view. */
export function codeOfStatus(code: status): ErrorCode {
  switch (code) {
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
    case status.OUT_OF_RANGE:
    case status.ALREADY_EXISTS:
      return 'invalid-input';
    case status.NOT_FOUND:
      return 'not-found';
    case status.UNIMPLEMENTED:
      return 'unsupported';
    case status.RESOURCE_EXHAUSTED:
      return 'limit-exceeded';
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return 'unauthorized';
    case status.DATA_LOSS:
      return 'corrupt-data';
    default:
      return 'upstream-unavailable';
  }
}

/** Whether `code` is one of the codes of `ClarionError`. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(statusOfCode, code);
}
