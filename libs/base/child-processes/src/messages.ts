import type { ErrorCode } from '@clarion/model';

export type ToProcess<Settings, Job> =
  /**
   * The settings of the process. They arrive as a message: neither arguments nor environment variables contain a key.
   */
  | { readonly kind: 'settings'; readonly settings: Settings; readonly parent: number }
  /** A process has one job at a time, so that it is clear which job ended it. */
  | { readonly kind: 'job'; readonly job: Job }
  /** The job has to stop. */
  | { readonly kind: 'abort' };

export type FromProcess<Reply, Part> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** From now on, if the process ends, it ended during this part. */
  | { readonly kind: 'begun'; readonly part: Part }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: SentError };

export interface SentError {
  /** Absent: an unexpected error. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly remedy?: string;
  readonly isPermanent?: boolean;
  readonly stack?: string;
}
