import { ClarionError } from '@clarion/model';

/** Why a document, or a whole attempt, was not applied. */
export interface UpdateFailure {
  readonly result: 'held' | 'failed';
  readonly message: string;
  /** The document whose staged writes must be discarded; the other documents do not need it. */
  readonly document?: string;
}

/**
 * The failure for an error of the upstream or of its data. A failing local disk is not such a failure: no other source
 * or later document would help, so that error (`storage-unavailable`) is rethrown.
 */
export function failed(what: string, error?: unknown): UpdateFailure {
  if (isStorageFailure(error)) throw error;
  if (error === undefined) return { result: 'failed', message: what };
  return { result: 'failed', message: `${what}: ${error instanceof Error ? error.message : 'unknown failure'}` };
}

/** Whether the error comes from a disk that Clarion writes to. */
export function isStorageFailure(error: unknown): error is ClarionError {
  return error instanceof ClarionError && error.code === 'storage-unavailable';
}
