/**
 * Validators that a server sent for one document, sent back next time so that an unchanged document costs one small
 * answer.
 */
export interface DocumentValidators {
  readonly etag?: string;
  readonly lastModified?: string;
  /** sha256 of the decoded body: some servers ignore validators, and files have none. */
  readonly contentDigest?: string;
}

/** The state of one upstream document of a feed. */
export interface DocumentState {
  readonly validators: DocumentValidators;
  /** Identifies the patches that were applied since the whole document was read; absent without any. */
  readonly patched?: string;
  /** RFC 3339: when the content was created, according to its server or file; absent where neither says so. */
  readonly modifiedAt?: string;
  readonly groups: number;
  /** Number of facts of any kind in the whole document when it was last read. */
  readonly records?: number;
  /** The namespaces this document has advisories for. */
  readonly namespaces: readonly string[];
  /** Those for which it covers only additions to the release and not the release itself: they are not covered. */
  readonly addOnsOnly?: readonly string[];
  /** Those that it no longer mentions, each with the time when that was noticed: their facts stay unchanged. */
  readonly frozen?: Readonly<Record<string, string>>;
  /** Records of it that could not be understood. */
  readonly problems?: number;
}

/**
 * A document that the upstream publishes and that is missing where the feed was read from: a mirror may have only a
 * part.
 */
export interface MissingDocument {
  readonly name: string;
  /**
   * It would describe the vulnerabilities whose ids start with these (`CVE-2023-`); absent where it is only about
   * packages.
   */
  readonly ids?: readonly string[];
  /**
   * Namespaces whose packages it would cover, `*` at the end for any release; absent: all namespaces of its feed, or
   * none where it has `ids`.
   */
  readonly namespaces?: readonly string[];
  /** It would cover packages from this repository only (`AdvisoryScope.origin`). */
  readonly origin?: string;
  /** It would cover packages of this architecture only, in rpm's naming. */
  readonly architecture?: string;
  /** It would only remove findings: without it there may be too many, but none is missed. */
  readonly onlyRemoves?: true;
}

/** Everything known about a feed's updates. Times are RFC 3339. */
export interface FeedState {
  readonly feed: string;
  /** Where the data comes from, unless that is the feed's own location (`FeedSource.place`). */
  readonly place?: string;
  /** Version of the feed source that parsed the stored data: a newer source parses unchanged data again. */
  readonly parserVersion: number;
  readonly documents: Readonly<Record<string, DocumentState>>;
  /**
   * Documents that were never read because they do not exist there: the feed is partial. Absent when nothing is
   * missing.
   */
  readonly missing?: readonly MissingDocument[];
  /** How far the feed was followed, in its own format (`FeedPlan.cursor`). */
  readonly cursor?: string;
  readonly lastAttempt?: string;
  readonly lastSuccess?: string;
  /**
   * Facts were written whose changes are not recorded, by a process that does not count findings of images (the command
   * line); the server counts them, and clears this.
   */
  readonly countsPending?: true;
  /** The facts came in a bundle: the next update reads every document completely, whatever its validators say. */
  readonly imported?: true;
  /** Only for data read from a mirror: when that copy of the upstream was made, according to the mirror. */
  readonly mirroredAt?: string;
  /** When stored facts last changed. */
  readonly lastChange?: string;
  readonly lastError?: string;
  /** When the current series of failures started; absent after a success. */
  readonly failingSince?: string;
  /** Groups and single advisories stored, and records that could not be understood in the last full parse. */
  readonly groups: number;
  readonly statements: number;
  readonly problems: number;
  /** The first few of those records, each with its reason. */
  readonly problemSamples: readonly string[];
  /** The largest size that it had recently: this reveals a loss that is spread over many updates. */
  readonly peak?: FeedPeak;
}

/** The largest size that a feed had since a time. */
export interface FeedPeak {
  /** RFC 3339; when it is too long ago, the current size becomes the largest. */
  readonly since: string;
  readonly groups: number;
  readonly statements: number;
  /** Only for a feed that describes vulnerabilities: the number of its records. */
  readonly texts?: number;
}
