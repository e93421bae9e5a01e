import type { PackageType } from '@clarion/model';
import type { ReleaseRule } from './os-release';

/**
 * Everything that Clarion knows about one distribution; an absent member means that the distribution does not have it.
 */
export interface Distribution {
  /** As in namespace ids: `debian` of `debian:12`. */
  readonly family: string;
  readonly title: string;
  /** Other common names: `redhat`. */
  readonly otherNames?: readonly string[];
  /** Its package database: decides the version scheme and the type of package URLs. */
  readonly packageType: PackageType;
  readonly recognised: readonly OsReleaseRule[];
  readonly releaseFile?: ReleaseFile;
  /** How releases are named in namespace ids, with an example; absent for a distribution without releases. */
  readonly releaseName?: { readonly form: RegExp; readonly example: string };
  /** Releases by code name. */
  readonly codenames?: Readonly<Record<string, string>>;
  readonly support: SupportPeriods;
  /** Its name in OSV (https://ossf.github.io/osv-schema/#defined-ecosystems). */
  readonly osv?: readonly OsvName[];
  /** Vendor in package URLs; the family unless stated. */
  readonly purlNamespace?: string;
  /** Namespaces of the advisories for packages of a release, most specific first; the release's own unless stated. */
  readonly advisories?: (release: string) => readonly AdvisoryNamespace[];
  readonly products?: ProductRules;
  /** How an advisory about a repository or product relates to a package; by repository unless stated. */
  readonly repositoryRules?: RepositoryRules;
  /** Repositories whose packages have names that no other repository uses. */
  readonly ownNames?: readonly OwnNames[];
  readonly flavours?: readonly BuildFlavour[];
  /** Its advisories name no build flavour: the fixed version shows which builds they apply to. */
  readonly fixedVersionShowsFlavour?: true;
  readonly supportChannels?: readonly SupportChannel[];
  /** How packages that it builds itself are recognised; absent where packages do not show that. */
  readonly ownPackages?: OwnPackages;
  /** Starts of paths below which its packages put files of languages though the FHS leaves them to others. */
  readonly furtherDirectories?: readonly string[];
  /** Publishers of third-party packages. */
  readonly publishers?: readonly PackagePublisher[];
  /** Its page about a vulnerability. */
  readonly page?: VulnerabilityPage;
}

/** How os-release names a distribution. */
export interface OsReleaseRule {
  /** Values of `ID`. */
  readonly ids: readonly string[];
  /** Only where `NAME` starts with this: for distributions that share an id. */
  readonly name?: string;
  readonly release: ReleaseRule;
}

/** The vendor's release file. */
export interface ReleaseFile {
  /** File in `etc` or `usr/lib`. */
  readonly name: string;
  /** Its first line; the capture group of the pattern is the version. */
  readonly text: RegExp;
  /** The id that os-release has. */
  readonly id: string;
  /** Derived distributions keep this file with this exact text. */
  readonly keptByRebuilds?: true;
}

/**
 * RFC 3339 date of the last day of support; `rolling` for a release without an end; `unknown` where the date is not
 * known.
 */
export type EndOfSupport = string;

/** When support of releases ends. Where a vendor names only a month, this is its last day. */
export interface SupportPeriods {
  /** What "support" means here, where that is not obvious. */
  readonly meaning?: string;
  /** URL of the source. */
  readonly source: string;
  /** By the release of the namespace id; '' for a namespace without one. */
  readonly releases: Readonly<Record<string, EndOfSupport>>;
  /** Releases with extended support, where the image has evidence of this kind and value. */
  readonly extended?: {
    readonly kind: 'service' | 'product';
    readonly value: string;
    readonly releases: Readonly<Record<string, EndOfSupport>>;
  };
}

/** An ecosystem of OSV, and the release that it names: `$1` is the capture group of the pattern, '' is not a release. */
export interface OsvName {
  readonly ecosystem: RegExp;
  readonly release: string;
}

/** A namespace whose advisories are evaluated for packages of another one. */
export interface AdvisoryNamespace {
  readonly id: string;
  /** Its advisories decide only about vulnerabilities that the earlier namespaces do not mention. */
  readonly secondary?: boolean;
  /** Why its advisories are less than certain. */
  readonly note?: string;
  /** Only for packages of this version form. */
  readonly version?: RegExp;
  /** It has add-on products or rejections only: its data does not mean that the distribution is covered. */
  readonly layered?: boolean;
}

/** Products that advisories name by CPE. */
export interface ProductRules {
  readonly vendor: string;
  /** The CPE product of the distribution itself. */
  readonly base: string;
  /** Products that are support channels. */
  readonly channels: readonly string[];
  /** Whether the repository of a package defines its products. */
  readonly byRepository?: true;
  /** Version, update and edition of the base product that are assumed without evidence: `8::baseos`. */
  readonly assumed: (release: string) => readonly string[];
  /** What to report about that assumption. */
  readonly note?: (release: string) => string;
}

/**
 * - `product`: advisories name a product, which counts when it is installed.
 * - `topic`: the given release has topics, each a repository with such a prefix; topics and core share package names.
 */
export type RepositoryRules =
  { readonly kind: 'product' } | { readonly kind: 'topic'; readonly release: string; readonly prefix: string };

/** Packages that only these repositories have, by name. */
export interface OwnNames {
  readonly repositories: readonly string[];
  readonly name: RegExp;
  /** They patch a running kernel. */
  readonly livePatch?: true;
}

/** A variant build of packages, recognised by the version or by the package name. */
export interface BuildFlavour {
  readonly flavour: string;
  readonly version: RegExp;
  readonly name?: RegExp;
}

/** Channels of paid support, the versions that are built for them, and who offers them. */
export interface SupportChannel {
  readonly channel: RegExp;
  readonly version: RegExp;
  readonly offeredBy: string;
}

/** How a distribution's own packages are recognised. All strings are lower case. */
export type OwnPackages =
  /** Texts in the vendor field. */
  | { readonly vendors: readonly string[] }
  /**
   * Domains of the maintainer's address. Maintainers use private addresses too: where the address is another one, the
   * package may be its own only if its version has this form. A package that names a publisher names one of these.
   */
  | { readonly domains: readonly string[]; readonly version: RegExp; readonly publishers: readonly string[] };

/** How packages of a publisher outside the distribution are recognised. All strings are lower case. */
export interface PackagePublisher {
  readonly name: string;
  /** Domains of the maintainer's address. */
  readonly domains?: readonly string[];
  /** Part of the vendor field, where that is not an address. */
  readonly vendor?: string;
  /** Part of the package's version. */
  readonly version?: string;
  /** The distribution that lists it is its publisher: it is third-party only in others. */
  readonly exceptHere?: true;
}

/** A URL that follows from a vulnerability id, so that feeds need not store it for each row. */
export interface VulnerabilityPage {
  readonly base: string;
  readonly suffix?: string;
  /** For every id; for CVEs only unless stated. */
  readonly anyId?: true;
}
