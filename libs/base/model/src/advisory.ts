import type { Severity } from './severity';

/** The seven states of an advisory for a package; a model with only two values would lose real facts. */
export const advisoryStates = [
  'fixed',
  'affected',
  'will_not_fix',
  'fix_deferred',
  'end_of_life',
  'under_investigation',
  'not_affected',
] as const;

export type AdvisoryState = (typeof advisoryStates)[number];

/**
 * One interval of versions: `[introduced, fixed)` or `[introduced, lastAffected]` or, with `limit`, `[introduced,
 * limit)` where the limit is not a fix. An absent or `0` introduced is the beginning; an absent end is open.
 */
export interface VersionRange {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
  readonly limit?: string;
}

/** Additional conditions for an advisory to apply to a package. Absent members do not restrict. */
export interface AdvisoryScope {
  readonly architectures?: readonly string[];
  /** rpm module `name:stream`. */
  readonly module?: string;
  readonly cpes?: readonly string[];
  /** Support channel: `eus`, `esm-infra`, `elts`, … */
  readonly channel?: string;
  /** Build flavour: `ksplice`, `fips`. */
  readonly flavour?: string;
  /** Repository or extras topic that the package must come from. */
  readonly origin?: string;
}

/** A package of a Go module with a flaw. */
export interface AffectedImport {
  /** Import path: `golang.org/x/net/http2`. */
  readonly path: string;
  /** Its functions with the flaw (`Get`, `Client.Do`); absent: any use of the package. */
  readonly functions?: readonly string[];
  /** Values of `GOOS` and `GOARCH`, if not all. */
  readonly os?: readonly string[];
  readonly architectures?: readonly string[];
}

/** The data of one feed about one vulnerability of one package in one namespace. */
export interface Advisory {
  /** The vulnerability's id as the feed names it, a CVE id if there is one: `CVE-2023-5678`, `TEMP-0000000-ABCDEF`. */
  readonly id: string;
  /** Other ids of the same vulnerability (equality, not mere mention). */
  readonly aliases?: readonly string[];
  /** The vendor advisory with this information: `DSA-5532-1`, `ELSA-2024-1234`. */
  readonly advisory?: string;
  readonly state: AdvisoryState;
  /**
   * Affected intervals. If absent, and `versions` too, every version is affected (for states other than
   * `not_affected`).
   */
  readonly ranges?: readonly VersionRange[];
  /** Single affected versions, in addition to the intervals: either makes a package affected (OSV `versions`). */
  readonly versions?: readonly string[];
  readonly severity?: Severity;
  /** The severity in the feed's own words (`not yet assigned`, `moderate`). */
  readonly vendorSeverity?: string;
  /** The feed's own reason for the state (`no-dsa: minor issue`). */
  readonly reason?: string;
  readonly scope?: AdvisoryScope;
  /** The packages of a module with the flaw, all of them: a program without them is not affected. Absent: unknown. */
  readonly imports?: readonly AffectedImport[];
  /** Which name of an installed package this advisory applies to, where it differs from its group's. */
  readonly nameKind?: AdvisoryGroup['nameKind'];
  /** As `AdvisoryGroup.epochs`, for this advisory only: a source package in a group of binary ones. */
  readonly epochs?: 'auto';
  /** Not a vulnerability in the strict sense: counted separately and never mixed with vulnerabilities. */
  readonly kind?: 'malicious' | 'informational';
  /** RFC 3339 or date: when the advisory, or for `fixed` the fix, was published. */
  readonly published?: string;
  readonly links?: readonly string[];
}

/** All advisories of one document of a feed for one package in one namespace: the unit of writing and comparing. */
export interface AdvisoryGroup {
  readonly namespace: string;
  readonly package: string;
  readonly feed: string;
  /** The upstream document with the group (`v3.20/main`): only it can change or remove the group. */
  readonly document: string;
  /** Which name of an installed package `package` is compared with. */
  readonly nameKind: 'source' | 'binary' | 'either';
  /** Id of the version scheme of all ranges. */
  readonly scheme: string;
  /**
   * `auto`: epochs are ignored when exactly one side has an explicit one, for sources that drop them. Absent: strict.
   */
  readonly epochs?: 'auto';
  readonly advisories: readonly Advisory[];
}
