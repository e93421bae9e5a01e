/** How far back answers about the past are valid. Times are RFC 3339, UTC. */
export interface KnownHistory {
  /** Since when the image and the feeds about it are known here: what is said of earlier times is less. */
  readonly knownSince: string | null;
  /** The log of changes begins there: nothing is known of earlier times. Null while nothing was deleted. */
  readonly historyFrom: string | null;
}
