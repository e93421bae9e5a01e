import { type BuiltInPackageType, isOwnName, type PackageSystem, type PackageType } from '@clarion/model';

/** The properties of a kind of package database, whatever the distribution. */
export interface PackageKind {
  /** The scheme that orders its versions. */
  readonly versionScheme: string;
  /** `deb` of `pkg:deb/debian/zlib1g`. */
  readonly purlType: string;
  /** Whether a package without a recorded source package has a source of the same name. */
  readonly sourceIsNameWhenAbsent: boolean;
  /** Whether package managers record which repository a package is from. */
  readonly recordsRepositories?: true;
}

const kinds = {
  alpm: { versionScheme: 'alpm', purlType: 'alpm', sourceIsNameWhenAbsent: true },
  apk: { versionScheme: 'apk', purlType: 'apk', sourceIsNameWhenAbsent: true },
  dpkg: { versionScheme: 'dpkg', purlType: 'deb', sourceIsNameWhenAbsent: true },
  ebuild: { versionScheme: 'gentoo', purlType: 'ebuild', sourceIsNameWhenAbsent: true },
  rpm: { versionScheme: 'rpm', purlType: 'rpm', sourceIsNameWhenAbsent: false, recordsRepositories: true },
} as const satisfies Record<BuiltInPackageType | 'ebuild', PackageKind>;

/** All kinds with their ids. */
export const packageKinds: readonly (readonly [id: string, kind: PackageKind])[] = Object.entries(kinds);

/** The kind of a package database; undefined for a user-defined one. */
export function packageKindOf(type: PackageType | PackageSystem): PackageKind | undefined {
  return isOwnName(type) ? undefined : kinds[type];
}
