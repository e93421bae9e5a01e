import type { AdvisoryGroup } from './advisory';
import type { ScopeEvidence } from './evidence';
import type { FeedState, MissingDocument, DocumentValidators } from './feed';
import type { Feature } from './feature';
import type { FileFilter } from './file-filter';
import type { NamespaceEvidence } from './namespace';
import type { Problem } from './problem';
import type { ImageInventory, Report } from './report';
import type { RepositoryProducts, VulnerabilityRecord } from './vulnerability';
import type { WorkBudget } from './work-budget';
import type { WantedFile } from './wanted-file';

/** Facts and problems; each fact's `path` is the path of one of the files given. */
export interface DetectedFacts {
  readonly features?: readonly Feature[];
  readonly namespaces?: readonly NamespaceEvidence[];
  readonly evidence?: readonly ScopeEvidence[];
  readonly problems?: readonly Problem[];
}

/** Finds features or namespaces in the files of one layer that match its filter. A plugin: one folder. */
export interface Detector {
  /** The folder's name. */
  readonly id: string;
  readonly kind: 'feature' | 'namespace';
  /** Increase it to have layers read again for this detector. */
  readonly version: number;
  /** One line for `clarion detectors`. */
  readonly title: string;
  /** False for a detector that must be enabled by its id. */
  readonly enabled?: false;
  /**
   * It reads what is to be installed (lock files, manifests), not what is: it is on for directories, and for images only
   * where this is asked for. A package that is also installed below the directory of such a file is listed once.
   */
  readonly lockFiles?: true;
  readonly files: FileFilter;
  /**
   * Never throws for bad content: that becomes a problem. `budget` is checked in every loop that content can lengthen,
   * and for every fact that is kept; the caller reports what was left out because of it.
   */
  detect(files: readonly WantedFile[], budget: WorkBudget): DetectedFacts | Promise<DetectedFacts>;
}

/** What is known about a detector without running it. */
export type DetectorInfo = Pick<Detector, 'id' | 'kind' | 'version' | 'title' | 'files' | 'lockFiles'>;

/** Identity of a detector's results. */
export type DetectorKey = Pick<DetectorInfo, 'id' | 'version'>;

/** A total order of version strings. A plugin: one folder. */
export interface VersionScheme {
  readonly id: string;
  /** One line for `clarion version --list`, and the specification it follows. */
  readonly title: string;
  readonly url: string;
  /** What the ecosystem itself defines as a valid version. */
  isValid(version: string): boolean;
  /**
   * Negative, 0 or positive, also for text that `isValid` rejects: for sorting and display. Throws `ClarionError`
   * `invalid-version` only for text that has no place in the order.
   */
  compare(a: string, b: string): number;
  /**
   * Which of the two is newer, as far as that is certain. Text that is not a valid version may be anything that
   * continues its longest valid prefix: negative when `a` is older than that prefix of `b`, positive when `a` is above
   * everything that `b` may be, 0 for equal text, else undefined. Also undefined without a valid prefix. Never throws.
   */
  order(a: string, b: string): number | undefined;
  /**
   * A version without the label of its builder (`2.0` of `2.0+cu118`), which ranges ignore in `<=` and `==` unless
   * their own version has one. Absent where the scheme has no such labels. Never throws.
   */
  readonly withoutLabel?: (version: string) => string;
}

/** One upstream document, decoded (uncompressed), as a stream of chunks. */
export interface FeedDocument {
  /** Its name within the feed, as `FeedSource.plan` names it. */
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * What parsing a document yields. One bad record is a `problem` and never ends the feed. Groups come in parts where a
 * document is ordered by vulnerability: the reader joins those of one (namespace, package).
 */
export type FeedRecord =
  | {
      readonly kind: 'group';
      readonly group: AdvisoryGroup;
      /**
       * The advisories are only about products or modules in addition to the release: they do not make the release
       * itself covered. Neither do advisories that are all scoped to a support channel, module, flavour or origin.
       */
      readonly addOn?: true;
    }
  | { readonly kind: 'vulnerability'; readonly text: VulnerabilityRecord }
  | { readonly kind: 'repository'; readonly repository: RepositoryProducts }
  | {
      readonly kind: 'problem';
      readonly record: string;
      readonly message: string;
      /** Only for own data: JSON pointer (RFC 6901) of the member that its author has to correct. */
      readonly pointer?: string;
      /** Only for own data: nothing was skipped, but what was read may not be what its author meant. */
      readonly doubt?: true;
    };

export type FetchResult =
  /** `modifiedAt`: as below. */
  | { readonly kind: 'unchanged'; readonly modifiedAt?: string }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'content';
      readonly body: AsyncIterable<Uint8Array>;
      readonly validators: DocumentValidators;
      /** RFC 3339: when the content was created, according to its server or file. */
      readonly modifiedAt?: string;
      /** Bytes of the body as transported: the announced number, where there is one, and the number that arrived. */
      readonly size?: number;
      readonly received?: () => number;
    };

/**
 * Where a feed's documents come from: the network, a mirror, or a directory with the same layout. The only access of a
 * feed source to the outside; limits, retries, decompression and the egress guard are inside.
 */
export interface Upstream {
  /** Reads one document; `path` is relative to the feed's base. `validators` make the request conditional. */
  get(path: string, validators?: DocumentValidators): Promise<FetchResult>;
  /** Names of files and folders (with trailing slash) directly in `folder` ('' = base). */
  list(folder: string): Promise<readonly string[]>;
  /**
   * Only for a copy of the upstream: when it was made (RFC 3339), as far as the requested files show it; otherwise
   * undefined. Reading an old copy again does not make its facts newer.
   */
  mirroredAt?(): Promise<string | undefined>;
}

/** A document of a feed with more information than its path. */
export interface PlannedDocument {
  /** A permanent name: facts are stored under it. */
  readonly name: string;
  /** Where it is now, relative to the feed's base; the name unless stated. */
  readonly path?: string;
  /**
   * Lower-case hex of the decoded content according to an index file: when equal to the known one, it is not fetched.
   */
  readonly sha256?: string;
  /**
   * Paths of the pages of a list that an upstream only serves page by page; the document is their decoded contents, one
   * after the other, and the parser checks whether they belong together. `path` is ignored then.
   */
  readonly parts?: readonly string[];
  /** Why it is not read: a problem that is reported with its name as long as the document exists. */
  readonly unread?: string;
  /**
   * Configuration or a listing names it: if it does not exist, that is a failure, and never means that it was deleted.
   */
  readonly required?: true;
}

/**
 * Single records that are newer than the whole document they belong to. When applied, that document's facts are as if
 * it had been parsed with them inside: everything about their vulnerabilities is replaced.
 */
export interface FeedPatch {
  /** Name of the whole document. */
  readonly into: string;
  /** Each contains records of some vulnerabilities, in the same format as parsed by `parse`. */
  readonly documents: readonly PlannedDocument[];
  /** Ids of vulnerabilities without any remaining record. */
  readonly removed: readonly string[];
}

/** What to fetch now. */
export interface FeedPlan {
  readonly documents: readonly PlannedDocument[];
  readonly patch?: FeedPatch;
  /** What the upstream publishes and this location lacks; absent: unchanged since the last update. */
  readonly missing?: readonly MissingDocument[];
  /** Stored in the feed's state and passed to the next update, once this one was applied. */
  readonly cursor?: string;
}

/** The plan for documents of which only the names are known. */
export function planOf(names: readonly string[]): FeedPlan {
  return { documents: names.map((name) => ({ name })) };
}

/** An upstream of advisories. A plugin: one folder. Fetching and parsing are two functions; parsing is pure. */
export interface FeedSource {
  /** Identifies its stored facts; for own data and mirrors it includes their origin, so that equal names never mix. */
  readonly id: string;
  /** Its display name, in reports and on the command line; the id unless stated. */
  readonly name?: string;
  /** Increase it to have unchanged upstream data parsed again. */
  readonly version: number;
  readonly title: string;
  readonly homepage: string;
  /** Production base URL, with trailing slash. Configuration may replace it. */
  readonly baseUrl: string;
  /** The address that its data comes from, without credentials, where configuration replaces the feed's own address. */
  readonly location?: string;
  /** Other bases: documents below such a folder (`rejections/`) come from there. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Turns the path of a document into a URL relative to the base, for servers that page by query. */
  readonly locate?: (path: string) => string;
  /** Maximum requests per second that the upstream allows; 10 unless stated. */
  readonly requestsPerSecond?: number;
  /** False for a feed that must be enabled by name; `offBecause` or a restrictive `licence` is then the reason. */
  readonly enabled?: boolean;
  /** Why it is off by default, if not because of its licence; follows "ID is off: ". */
  readonly offBecause?: string;
  /** The licence of its data. */
  readonly licence?: string;
  /**
   * The user's own data: its advisories override those of all other feeds, and what it no longer contains is removed at
   * once (namespaces and documents are not kept because they existed before, and no loss is suspicious). It makes no
   * distribution covered: it names only the user's own namespaces, if its configuration declares it complete for them.
   */
  readonly own?: true;
  /** Callers of the API write its facts: nothing is fetched, so it is never out of date. */
  readonly writtenHere?: true;
  /**
   * Namespace ids this feed covers; `*` at the end stands for any release. Empty: it only describes vulnerabilities.
   */
  readonly namespaces: readonly string[];
  /** Beside the advisories about its namespaces, it describes the vulnerabilities of all others: its role is that. */
  readonly describesAll?: true;
  /**
   * Each of its vulnerability records stands under the id of one record of the feed, which an advisory of the same
   * document names as its `advisory` (or `id`); documents with the same record agree about it. Those that no document
   * has any more are removed.
   */
  readonly textsByRecord?: true;
  /**
   * Whether it provides severities (in words or CVSS): for the namespaces it covers, or for all where it only describes
   * vulnerabilities. With `namespaces` this is the only place that decides which feeds take part in a report.
   */
  readonly rates: boolean;
  /** It is a catalogue of known exploited vulnerabilities: without it, nothing is known about exploitation. */
  readonly listsExploited?: true;
  /**
   * Whether the feed is comprehensive: it also lists vulnerabilities without a fix, so a package that it does not name
   * is not affected. Of a language's package in a file of such a distribution, only what the feed lists is reported.
   */
  readonly listsUnfixed: boolean;
  readonly refreshMinutes: number;
  /** The upstream's file names below the feed's folder; `<branch>` and the like match any name. */
  readonly layout: readonly string[];
  /** All documents that exist now, or those that may have changed. Index files first; a failing index throws. */
  plan(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan>;
  /** Bytes to facts. Throws `ClarionError` `corrupt-data` when the document as a whole cannot be read. */
  parse(document: FeedDocument): AsyncIterable<FeedRecord>;
}

/** The display name of a feed. */
export function feedName({ id, name }: Pick<FeedSource, 'id' | 'name'>): string {
  return name ?? id;
}

/** How a rendering should look; only used by formats for people. */
export interface RenderStyle {
  /** Whether to use ANSI colours. */
  readonly colour: boolean;
  /** Columns of the terminal, undefined when the output is not one. */
  readonly width: number | undefined;
  /** Also list packages without findings. */
  readonly listPackages: boolean;
  /** Describe every vulnerability, not only those that matter most. */
  readonly details?: boolean;
}

/** A text in pieces, to be written one after another: a large report as one string may not fit into memory. */
export type RenderedText = Iterable<string>;

/** A rendering of stored facts. A plugin: one folder. Pure: same facts, same bytes. */
export interface ReportFormat {
  readonly id: string;
  readonly title: string;
  readonly mediaType: string;
  /** Absent when the format cannot show findings. */
  readonly report?: (report: Report, style: RenderStyle) => RenderedText | Promise<RenderedText>;
  /** Absent when the format cannot show an inventory. */
  readonly inventory?: (inventory: ImageInventory, style: RenderStyle) => RenderedText | Promise<RenderedText>;
}
