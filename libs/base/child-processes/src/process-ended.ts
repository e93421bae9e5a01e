/** A process ended before its job was done. */
export class ProcessEnded extends Error {
  /** Follows the name of the work: `took more than 512 MiB of memory`. */
  readonly reason: string;
  /** The part that the job had begun; undefined when it had not begun one yet. The sender of the job knows its type. */
  readonly part: unknown;
  /** It was ended because the caller disconnected or the service stops; the job is not at fault. */
  readonly stopped: boolean;

  constructor(reason: string, { part, stopped }: { readonly part: unknown; readonly stopped: boolean }) {
    super(`A process ended before its job: ${reason}`);
    this.name = 'ProcessEnded';
    this.reason = reason;
    this.part = part;
    this.stopped = stopped;
  }
}
