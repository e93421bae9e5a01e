/**
 * What can be wrong with untrusted content. A problem is recorded and shown, never thrown: a recorded problem is
 * honest, a silent miss is the worst outcome of a scanner.
 */
export type ProblemCode =
  | 'truncated-archive'
  | 'bad-archive-entry'
  | 'limit-reached'
  | 'path-escapes-root'
  | 'unresolved-link'
  | 'unreadable-database'
  | 'truncated-database'
  | 'stale-database'
  | 'bad-record'
  | 'unknown-version'
  | 'bad-release-file'
  | 'unreadable-evidence'
  | 'unknown-media-type'
  | 'missing-layer';

/** One thing that could not be read, with its file. */
export interface Problem {
  readonly code: ProblemCode;
  /** Path inside the layer, without leading slash; absent when the problem is about the layer itself. */
  readonly path?: string;
  /** One line for people: names the subject and the error. */
  readonly message: string;
}

/** Codes that report something odd although no package was missed because of it. */
const notes: ReadonlySet<ProblemCode> = new Set(['unreadable-evidence']);

/** Whether something may have been missed, so that a scan is not complete. */
export function isGap({ code }: Pick<Problem, 'code'>): boolean {
  return !notes.has(code);
}
