/** The data of a release file about the distribution, in terms of os-release. */
export interface OsRelease {
  /** `ID`, lower case. */
  readonly id: string;
  /** `VERSION_ID`; '' when there is none. */
  readonly version: string;
  /** `NAME` and `PRETTY_NAME`, for the few distributions that share an id or have no version. */
  readonly name?: string;
  readonly prettyName?: string;
  /** `VERSION_CODENAME`. */
  readonly codename?: string;
}

/** The release in its namespace id form: '' for a rolling release, undefined when the file has no usable version. */
export type ReleaseRule = (release: OsRelease) => string | undefined;
