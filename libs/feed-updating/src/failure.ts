/** Why a document, or a whole attempt, came to nothing. */
export interface Failure {
  readonly outcome: 'held' | 'failed';
  readonly message: string;
  /** The document whose staged writes must be thrown away; the others can do without it. */
  readonly document?: string;
}

export function failed(what: string, error?: unknown): Failure {
  if (error === undefined) return { outcome: 'failed', message: what };
  return { outcome: 'failed', message: `${what}: ${error instanceof Error ? error.message : 'unknown failure'}` };
}
