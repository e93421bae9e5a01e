/** A process ended before its job did. */
export class ProcessEnded extends Error {
  /** Follows the name of what it was at: `took more than 512 MiB of memory`. */
  readonly reason: string;
  /** What it had begun; undefined when it had not yet. Whoever gives the jobs knows its type. */
  readonly part: unknown;
  /** It was ended because the caller was gone, or the service stops: no fault of the job. */
  readonly stopped: boolean;

  constructor(reason: string, { part, stopped }: { readonly part: unknown; readonly stopped: boolean }) {
    super(`A process ended before its job: ${reason}`);
    this.name = 'ProcessEnded';
    this.reason = reason;
    this.part = part;
    this.stopped = stopped;
  }
}
