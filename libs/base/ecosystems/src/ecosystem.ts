/**
 * Everything that Clarion knows about one kind of packages: a package manager of distributions, or the packages of a
 * language. An absent member means that it does not have it.
 */
export interface Ecosystem {
  /** The type of its packages in reports. */
  readonly type: string;
  /** The type of package URLs (https://github.com/package-url/purl-spec/tree/main/types) where it is another one. */
  readonly purlType?: string;
  /** The namespace of its packages whatever the distribution is; absent where they are in that of the distribution. */
  readonly namespace?: string;
  /** Id of the scheme that orders its versions. */
  readonly versionScheme?: string;
  readonly osv?: OsvExport;
  /** Other common names than the type and the namespace: `python`. */
  readonly otherNames?: readonly string[];
  /** The form in which names are compared, where several spellings mean one package. */
  readonly normalise?: (name: string) => string;
  /** The valid names of packages; any printable ASCII unless stated. */
  readonly names?: RegExp;
  /** Names of which detectors may know a part only. */
  readonly partialNames?: PartialNames;
  /** Namespace and name in package URLs, separated by slashes; the name unless stated. */
  readonly purlName?: (name: string) => string;
  /** What separates the two parts of its names that package URLs separate by a slash; a slash unless stated. */
  readonly purlSeparator?: string;
  /** Package URLs of its type are not valid without a namespace. */
  readonly purlNeedsNamespace?: true;
  /** The directory that its tools install a package to, from the path of the file that proves it; that path unless stated. */
  readonly installedIn?: (path: string) => string;
  /**
   * What to do where the tools of the ecosystem cannot replace the package by itself, as another one brings it:
   * `upgrade npm in usr/local/lib/node_modules to a version with tar 6.2.1`. Undefined for all other packages.
   */
  readonly remedyInside?: (fix: FixedPackage) => string | undefined;
  /** Its packages are compiled into programs, which have to be built again for another version of a package. */
  readonly compiledIn?: true;
  /** How its tools write a package with a version; separated by a blank unless stated. */
  readonly withVersion?: (name: string, version: string) => string;
  /** A version as its tools write it, where databases write it otherwise: `v1.4.1`. */
  readonly writtenVersion?: (name: string, version: string) => string;
  /**
   * The variant of a package that a version is of, where each release has several: `jre` and `android` of Guava.
   * Undefined where it has one.
   */
  readonly flavourOf?: (version: string) => string | undefined;
  /** Prefix of the ids in the database that the ecosystem itself maintains, which is more exact than GitHub's. */
  readonly ownDatabase?: string;
  /** Whether a package without a recorded source package has a source of the same name. */
  readonly sourceIsNameWhenAbsent?: true;
  /** Whether its package manager records which repository a package is from. */
  readonly recordsRepositories?: true;
  /** Globs over the paths of files that are cheap signs of its packages and that no detector of Clarion reads. */
  readonly signs?: readonly string[];
  /** Such files that detectors read: they are signs only where that detector is off. */
  readonly readBy?: readonly ReadSigns[];
  /**
   * Globs of lock files and manifests, which the detector `lock-files` reads. Where it is off, they are signs only in
   * an image in which no package of the ecosystem was found: they describe what is to be installed.
   */
  readonly lockFiles?: readonly string[];
  /**
   * Globs of manifests of projects, which name no exact versions. Where the detector `lock-files` is on, those that declare
   * dependencies count as unread, unless a lock file of the project was read or its packages are installed.
   */
  readonly manifests?: readonly string[];
  /** Names of lock files that are also those of the projects in directories below, as in workspaces. */
  readonly workspaceLocks?: readonly string[];
  /** Names of manifests that are those of all projects below, which have lock files of their own. */
  readonly rootManifests?: readonly string[];
  /**
   * The path of a package that is installed, not only unpacked; any unless stated. The group `project` is the directory
   * for which it is installed; that of the project around it, or all, unless there is one.
   */
  readonly installedBelow?: RegExp;
}

/** What distinguishes the names of an ecosystem from parts of them. */
export interface PartialNames {
  /** What a name lacks to be that of a single package: `group unknown`. Undefined where it lacks nothing. */
  readonly lacks: (name: string) => string | undefined;
  /** The parts that detectors may know of a full name. */
  readonly partsOf: (name: string) => readonly string[];
  /**
   * Whether a part, of the package that the file `path` proves, may be another name of it, so that no package is found by
   * it: the name of a module, a title.
   */
  readonly mayBeOther: (part: string, path: string) => boolean;
}

/** A package with the version that has the fix. */
export interface FixedPackage {
  readonly name: string;
  readonly version: string;
  /** The file that proves the package, as reports write it (`a.ear!/b.jar`). */
  readonly path: string;
}

/** Signs of an ecosystem that a detector reads where it is on. */
export interface ReadSigns {
  /** Id of the detector. */
  readonly detector: string;
  readonly signs: readonly string[];
}

/** An ecosystem in OSV (https://ossf.github.io/osv-schema/#defined-ecosystems). */
export interface OsvExport {
  /** As records name it: `crates.io`. */
  readonly name: string;
  /** Whether the feed `osv` downloads its export. */
  readonly downloaded?: true;
}
