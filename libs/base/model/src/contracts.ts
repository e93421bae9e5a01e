import type { AdvisoryGroup } from './advisory';
import type { ScopeEvidence } from './evidence';
import type { FeedState, MissingDocument, Validators } from './feed';
import type { Feature } from './feature';
import type { NamespaceEvidence } from './namespace';
import type { Problem } from './problem';
import type { Inventory, Report } from './report';
import type { RepositoryProducts, VulnerabilityText } from './vulnerability';
import type { WorkBudget } from './work-budget';
import type { WantedFile } from './wanted-file';

/** Which files of a layer a detector is given. Data, so that a detector in another process can state it once. */
export interface FileFilter {
  /** Globs over the whole path without leading slash: `*` within one component, `**` across components. */
  readonly paths: readonly string[];
  /** A larger file is not read and becomes a `limit-reached` problem. */
  readonly maxBytes: number;
  /** The path itself says something: each name of a file with several (hard links) is given as a file of its own. */
  readonly byPath?: boolean;
}

/** Facts and problems; each fact's `path` is the path of one of the files given. */
export interface Detected {
  readonly features?: readonly Feature[];
  readonly namespaces?: readonly NamespaceEvidence[];
  readonly evidence?: readonly ScopeEvidence[];
  readonly problems?: readonly Problem[];
}

/** Finds features or namespaces in the wanted files of one layer. A plugin: one folder. */
export interface Detector {
  /** The folder's name. */
  readonly id: string;
  readonly kind: 'feature' | 'namespace';
  /** Raise it and layers are read again for this detector. */
  readonly version: number;
  /** One line for `clarion detectors`. */
  readonly title: string;
  readonly wants: FileFilter;
  /**
   * Never throws for bad content: that becomes a problem. `budget` is asked in every loop that content can lengthen, and
   * for every fact that is kept; what was left out because of it is told by the caller.
   */
  detect(files: readonly WantedFile[], budget: WorkBudget): Detected | Promise<Detected>;
}

/** What is known of a detector without running it. */
export type DetectorInfo = Pick<Detector, 'id' | 'kind' | 'version' | 'title' | 'wants'>;

/** Identity of a detector's results. */
export type DetectorKey = Pick<DetectorInfo, 'id' | 'version'>;

/** A total order of version strings. A plugin: one folder. */
export interface VersionScheme {
  readonly id: string;
  /** One line for `clarion version --list`, and the specification it follows. */
  readonly title: string;
  readonly url: string;
  /** What the ecosystem itself calls a valid version. */
  isValid(version: string): boolean;
  /**
   * Negative, 0 or positive, also for text that `isValid` refuses: fit for sorting and showing. Throws `ClarionError`
   * `invalid-version` only for text that has no place in the order.
   */
  compare(a: string, b: string): number;
  /**
   * As far as it is certain which of the two is newer. Text that is no version may be anything that goes on from its
   * longest valid prefix: negative when `a` is older than that prefix of `b`, positive when `a` is above everything
   * that `b` may be, 0 for equal text, else undefined. Undefined too without a valid prefix. Never throws.
   */
  order(a: string, b: string): number | undefined;
}

/** One upstream document, decoded (uncompressed), as a stream of chunks. */
export interface FeedDocument {
  /** Its name within the feed, as `FeedSource.plan` names it. */
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * What parsing a document yields. One bad record is a `problem` and never the end of the feed. Groups come in parts where
 * a document is ordered by vulnerability: those of one (namespace, package) are joined by whoever reads them.
 */
export type FeedRecord =
  | {
      readonly kind: 'group';
      readonly group: AdvisoryGroup;
      /**
       * Only products or modules beside the release are spoken of: that the release itself is covered does not follow.
       * Nor does it from statements that are all scoped to a support channel, module, flavour or origin.
       */
      readonly addOn?: true;
    }
  | { readonly kind: 'vulnerability'; readonly text: VulnerabilityText }
  | { readonly kind: 'repository'; readonly repository: RepositoryProducts }
  | {
      readonly kind: 'problem';
      readonly record: string;
      readonly message: string;
      /** Only of own data: JSON pointer (RFC 6901) of the member in its record that its writer has to mend. */
      readonly pointer?: string;
      /** Only of own data: nothing was passed over, but what was read may not be what its writer meant. */
      readonly doubt?: true;
    };

export type Conditional =
  /** `modifiedAt`: as below. */
  | { readonly kind: 'unchanged'; readonly modifiedAt?: string }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'content';
      readonly body: AsyncIterable<Uint8Array>;
      readonly validators: Validators;
      /** RFC 3339: when the content came to be, as its server or file says. */
      readonly modifiedAt?: string;
      /** Bytes of the body as transported: how many there will be, where that is announced, and how many arrived. */
      readonly size?: number;
      readonly received?: () => number;
    };

/**
 * Where a feed's documents come from: the network, a mirror, or a directory laid out alike. The only thing in a feed
 * source's reach that touches the outside; limits, retries, decompression and the egress guard are inside.
 */
export interface Upstream {
  /** Reads one document; `path` is relative to the feed's base. `validators` make the request conditional. */
  get(path: string, validators?: Validators): Promise<Conditional>;
  /** Names of files and folders (with trailing slash) directly in `folder` ('' = base). */
  list(folder: string): Promise<readonly string[]>;
  /**
   * Of a copy of the upstream alone: when it was made (RFC 3339), as far as what was asked for tells; undefined where nothing
   * does. Reading an old copy again makes its facts no newer.
   */
  mirroredAt?(): Promise<string | undefined>;
}

/** A document of a feed where more is known of it than its path. */
export interface PlannedDocument {
  /** Names it for ever: facts are kept by it. */
  readonly name: string;
  /** Where it lies now, relative to the feed's base; the name unless stated. */
  readonly path?: string;
  /** Lower-case hex of the decoded content as an index file states it: equal to the known one, it is not fetched. */
  readonly sha256?: string;
  /**
   * Paths of the pages of a list that an upstream only gives page by page; the document is their decoded contents, one
   * after the other, and whoever parses it tells whether they belong together. Then `path` means nothing.
   */
  readonly parts?: readonly string[];
  /** Why it is not read, as a problem that is told with its name as long as it is there. */
  readonly unread?: string;
  /** Configuration or a listing names it: that it is not there is a failure, and never means that it was deleted. */
  readonly required?: true;
}

/**
 * Single records that are newer than the whole document they belong to. Applied, that document's facts are as if it had
 * been parsed with them inside: everything said about their vulnerabilities is replaced.
 */
export interface FeedPatch {
  /** Name of the whole document. */
  readonly into: string;
  /** Each holds records of some vulnerabilities, in the same format as parsed by `parse`. */
  readonly documents: readonly PlannedDocument[];
  /** Ids of vulnerabilities about which nothing is said any more. */
  readonly removed: readonly string[];
}

/** What there is to fetch now. */
export interface FeedPlan {
  readonly documents: readonly PlannedDocument[];
  readonly patch?: FeedPatch;
  /** What the upstream publishes and this place lacks; absent: as it was told last. */
  readonly missing?: readonly MissingDocument[];
  /** Kept in the feed's state and given back at the next update, when this one was applied. */
  readonly cursor?: string;
}

/** The plan of documents of which nothing but their names is known. */
export function planOf(names: readonly string[]): FeedPlan {
  return { documents: names.map((name) => ({ name })) };
}

/** An upstream of advisories. A plugin: one folder. Fetching and parsing are two functions; parsing is pure. */
export interface FeedSource {
  /** Names its stored facts: of own data and mirrors it says too where they come from, so that equal names never mix. */
  readonly id: string;
  /** What people call it, in reports and on the command line; the id unless stated. */
  readonly name?: string;
  /** Raise it and unchanged upstream data is parsed again. */
  readonly version: number;
  readonly title: string;
  readonly homepage: string;
  /** Production base URL, with trailing slash. Configuration may replace it. */
  readonly baseUrl: string;
  /** The address that its data comes from, without credentials, where configuration names another one than the feed's own. */
  readonly place?: string;
  /** Other bases: documents below such a folder (`rejections/`) come from there. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Turns the path of a document into a URL relative to the base, for servers that page by query. */
  readonly locate?: (path: string) => string;
  /** Most requests a second that the upstream asks for; 10 unless stated. */
  readonly requestsPerSecond?: number;
  /** False for a feed that must be switched on by name; `licence` then says why. */
  readonly enabled?: boolean;
  readonly licence?: string;
  /**
   * The user's own data: its statements win over those of all other feeds, and what it no longer says is gone at once
   * (no namespace and no document is kept for having been there, and no loss is suspicious). It makes no distribution
   * covered: of namespaces it names only the user's own ones, if its configuration says that it is complete about them.
   */
  readonly own?: true;
  /** Its facts are written by callers of the API: nothing is fetched, so nothing of it is ever out of date. */
  readonly writtenHere?: true;
  /** Namespace ids this feed speaks about; `*` at the end stands for any release. None: it only describes vulnerabilities. */
  readonly namespaces: readonly string[];
  /**
   * Whether it tells severities (in words or CVSS): of the namespaces it speaks about, or of all where it only describes
   * vulnerabilities. With `namespaces` this is the one place that decides which feeds take part in a report.
   */
  readonly rates: boolean;
  /** It is a catalogue of what is known to be exploited: without it, nothing is known of that. */
  readonly listsExploited?: true;
  /** Whether the feed also lists flaws without a fix: then silence about a package means something. */
  readonly listsUnfixed: boolean;
  readonly refreshMinutes: number;
  /** The upstream's file names below the feed's folder, `<branch>` and the like standing for any name. */
  readonly layout: readonly string[];
  /** All documents there are now, or those that may have changed. Index files first; a failing index throws. */
  plan(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan>;
  /** Bytes to facts. Throws `ClarionError` `corrupt-data` when the document as a whole cannot be read. */
  parse(document: FeedDocument): AsyncIterable<FeedRecord>;
}

/** The name of a feed for people. */
export function feedName({ id, name }: Pick<FeedSource, 'id' | 'name'>): string {
  return name ?? id;
}

/** How a rendering should look; only formats for people care. */
export interface RenderStyle {
  /** ANSI colours wanted. */
  readonly colour: boolean;
  /** Columns of the terminal, undefined when the output is not one. */
  readonly width: number | undefined;
  /** Also list packages without findings. */
  readonly listPackages: boolean;
  /** Describe every vulnerability, not only those that matter most. */
  readonly details?: boolean;
}

/** A text in pieces, to be written one after another: a large report as one text may not fit into memory. */
export type Rendering = Iterable<string>;

/** A rendering of stored facts. A plugin: one folder. Pure: same facts, same bytes. */
export interface ReportFormat {
  readonly id: string;
  readonly title: string;
  readonly mediaType: string;
  /** Absent when the format cannot show findings. */
  readonly report?: (report: Report, style: RenderStyle) => Rendering | Promise<Rendering>;
  /** Absent when the format cannot show an inventory. */
  readonly inventory?: (inventory: Inventory, style: RenderStyle) => Rendering | Promise<Rendering>;
}
