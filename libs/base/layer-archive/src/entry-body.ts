/** The bytes after a header: how many, and their consumer. Without `take` they are skipped unread. */
export interface EntryBody {
  readonly size: number;
  /** Names the body in errors. */
  readonly path: string;
  /** Receives the whole body; returns what follows it, when that is not a header. */
  readonly take?: (bytes: Buffer) => EntryBody | undefined;
  /** The bytes are only valid while `take` runs: the first ones of most files are read, and nothing keeps them. */
  readonly brief?: true;
  /** Receives the body piece by piece instead, for one that is too large for memory. */
  readonly sink?: BodySink;
}

/** Pieces are only valid during the call. */
export interface BodySink {
  write(bytes: Uint8Array): void;
  end(): void;
  /** Called in place of `end` when the walk ends before the body does. */
  drop(): void;
}
