import { status, type StatusObject } from '@grpc/grpc-js';
import { AuthenticationError, type Role } from '@clarion/authentication';
import { neutralDenial, neutralRemedy } from '@clarion/egress';
import { ClarionError } from '@clarion/model';
import { richStatus, statusOfCode } from '@clarion/proto';
import { InvalidRecord, PreconditionError, type PreconditionCode } from '@clarion/use-cases';

/** An invalid field of a request. */
export class FieldError extends ClarionError {
  /** The path in the proto: `registry.reference`. */
  readonly field: string;
  readonly description: string;

  constructor(field: string, description: string) {
    super('invalid-input', `${field} ${description}`);
    this.name = 'FieldError';
    this.field = field;
    this.description = description;
  }
}

/** The caller is authenticated but lacks permission. */
export class ForbiddenError extends Error {
  constructor(needed: Role) {
    super(`This call needs the role ${needed}`);
    this.name = 'ForbiddenError';
  }
}

/** The server stops: the caller has to reopen the stream from the same position. */
export class StoppingError extends Error {
  constructor() {
    super('The server stops; go on with another connection');
    this.name = 'StoppingError';
  }
}

/** A caller, or all callers together, have reached the limit of streams. */
export class TooManyStreams extends Error {
  constructor(whose: 'This caller has' | 'There are') {
    super(`${whose} too many streams`);
    this.name = 'TooManyStreams';
  }
}

const statusOfPrecondition = {
  'not-indexed': status.FAILED_PRECONDITION,
  'queue-full': status.RESOURCE_EXHAUSTED,
  'too-many-requests': status.RESOURCE_EXHAUSTED,
} as const satisfies Record<PreconditionCode, status>;

/** The status that reports an error to the caller; for an error that is not one of ours, only that it happened. */
export function statusOfError(error: unknown): StatusObject {
  if (error instanceof FieldError) {
    const { code, message, field, description } = error;
    const violations = [{ field, description }];
    return richStatus({ status: status.INVALID_ARGUMENT, reason: code, message, violations });
  }
  if (error instanceof InvalidRecord) {
    const { code, message, remedy, details } = error;
    const violations = details.map(({ pointer, detail: description }) => {
      return { field: pointer === undefined ? 'namespace' : `record${pointer}`, description };
    });
    return richStatus({ status: status.INVALID_ARGUMENT, reason: code, message, remedy, violations });
  }
  if (error instanceof ClarionError) return statusOfClarionError(error);
  if (error instanceof PreconditionError) {
    const { code, message, retryAfterSeconds } = error;
    return richStatus({ status: statusOfPrecondition[code], reason: code, message, retryAfterSeconds });
  }
  if (error instanceof AuthenticationError) return statusOfStranger(error);
  if (error instanceof ForbiddenError) {
    return richStatus({ status: status.PERMISSION_DENIED, reason: 'forbidden', message: error.message });
  }
  if (error instanceof TooManyStreams) {
    const { message } = error;
    return richStatus({
      status: status.RESOURCE_EXHAUSTED,
      reason: 'too-many-requests',
      message,
      retryAfterSeconds: 10,
    });
  }
  if (error instanceof StoppingError) {
    return richStatus({ status: status.UNAVAILABLE, reason: 'stopping', message: error.message, retryAfterSeconds: 1 });
  }
  return richStatus({ status: status.INTERNAL, reason: 'internal', message: 'Internal error' });
}

/** Whether an error is unforeseen and has to be investigated. */
export function isUnforeseen(error: unknown): boolean {
  return statusOfError(error).code === status.INTERNAL;
}

function statusOfClarionError({ code, message, remedy, isPermanent }: ClarionError): StatusObject {
  if (isPermanent) return richStatus({ status: status.OUT_OF_RANGE, reason: code, message, remedy });
  // The caller must not learn whether an internal address exists.
  if (code === 'egress-denied') {
    return richStatus({ status: statusOfCode[code], reason: code, message: neutralDenial, remedy: neutralRemedy });
  }
  return richStatus({ status: statusOfCode[code], reason: code, message, remedy });
}

function statusOfStranger({ retryAfterSeconds }: AuthenticationError): StatusObject {
  if (retryAfterSeconds === undefined) {
    return richStatus({
      status: status.UNAUTHENTICATED,
      reason: 'unauthenticated',
      message: 'The token is missing or not valid',
    });
  }
  const message = 'Too many attempts failed';
  return richStatus({ status: status.RESOURCE_EXHAUSTED, reason: 'too-many-requests', message, retryAfterSeconds });
}
