/** What a server said about one document, sent back next time so that an unchanged one costs one small answer. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
  /** sha256 of the decoded body: some servers ignore validators, and files have none. */
  readonly contentDigest?: string;
}

/** The state of one upstream document of a feed. */
export interface DocumentState {
  readonly validators: Validators;
  /** Names the patches that were applied since the whole document was read; absent without any. */
  readonly patched?: string;
  /** RFC 3339: when the content came to be, as its server or file says; absent where neither does. */
  readonly modifiedAt?: string;
  readonly groups: number;
  /** Facts of any kind that the whole document held when it was last read. */
  readonly records?: number;
  /** The namespaces this document has statements about. */
  readonly namespaces: readonly string[];
  /** Those of them of whose release itself it says nothing, only of what can be added to it: they are not covered. */
  readonly addOnsOnly?: readonly string[];
  /** Those that it no longer mentions, each with the time that was noticed: their facts stay as they were. */
  readonly frozen?: Readonly<Record<string, string>>;
  /** Records of it that could not be understood. */
  readonly problems?: number;
}

/** A document that the upstream publishes and that is not where the feed was read from: a mirror may hold a part. */
export interface MissingDocument {
  readonly name: string;
  /** It would describe the vulnerabilities whose ids begin so (`CVE-2023-`); absent where it is about packages. */
  readonly ids?: readonly string[];
  /** Namespaces whose packages it would speak of, `*` at the end for any release; absent: all that its feed speaks of. */
  readonly namespaces?: readonly string[];
  /** It would speak of packages from this repository only (`AdvisoryScope.origin`). */
  readonly origin?: string;
  /** It would speak of packages of this architecture only, as rpm names it. */
  readonly architecture?: string;
  /** It would only take findings away: without it there may be too many, and none is missed. */
  readonly onlyRemoves?: true;
}

/** Everything known about a feed's updates. Times are RFC 3339. */
export interface FeedState {
  readonly feed: string;
  /** Where the data comes from, unless it is that of the feed's own place (`FeedSource.place`). */
  readonly place?: string;
  /** Version of the feed source that parsed the stored data: a newer source parses unchanged data again. */
  readonly parserVersion: number;
  readonly documents: Readonly<Record<string, DocumentState>>;
  /** What was never read because it was not there: the feed is partial. Absent when nothing is missing. */
  readonly missing?: readonly MissingDocument[];
  /** How far the feed was followed, in its own words (`FeedPlan.cursor`). */
  readonly cursor?: string;
  readonly lastAttempt?: string;
  readonly lastSuccess?: string;
  /**
   * Facts were written of which no change is told (a first load, or an import), by a process that does not count what images
   * have; who serves counts them, and takes this away.
   */
  readonly countsPending?: true;
  /** The facts came in a bundle: the next update reads every document whole, whatever its validators say. */
  readonly imported?: true;
  /** Of what was read from a mirror: when that copy of the upstream was made, as it tells. */
  readonly mirroredAt?: string;
  /** When stored facts last changed. */
  readonly lastChange?: string;
  readonly lastError?: string;
  /** Since when every attempt failed; absent after a success. */
  readonly failingSince?: string;
  /** Groups and single statements stored, and records that could not be understood in the last full parse. */
  readonly groups: number;
  readonly statements: number;
  readonly problems: number;
  /** The first few of those records, each with its reason. */
  readonly problemSamples: readonly string[];
  /** The most that it had of late: who takes away a little each time is seen by it. */
  readonly peak?: FeedPeak;
}

/** The most that a feed had since a time. */
export interface FeedPeak {
  /** RFC 3339; when it is too long ago, what is there counts as the most. */
  readonly since: string;
  readonly groups: number;
  readonly statements: number;
  /** Of a feed that speaks of vulnerabilities alone: its texts. */
  readonly texts?: number;
}
