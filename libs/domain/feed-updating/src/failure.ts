import { ClarionError } from '@clarion/model';

/** Why a document, or a whole attempt, came to nothing. */
export interface Failure {
  readonly outcome: 'held' | 'failed';
  readonly message: string;
  /** The document whose staged writes must be thrown away; the others can do without it. */
  readonly document?: string;
}

/**
 * The failure that an error of the upstream or of its data is. A disk of ours that refuses to work is none: no other
 * source and no later document would help, so that error (`storage-unavailable`) is thrown on.
 */
export function failed(what: string, error?: unknown): Failure {
  if (isStorageFailure(error)) throw error;
  if (error === undefined) return { outcome: 'failed', message: what };
  return { outcome: 'failed', message: `${what}: ${error instanceof Error ? error.message : 'unknown failure'}` };
}

/** Whether a disk that Clarion itself writes to refuses to work. */
export function isStorageFailure(error: unknown): error is ClarionError {
  return error instanceof ClarionError && error.code === 'storage-unavailable';
}
