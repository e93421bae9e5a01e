/** pub_semver's complete version: SemVer that tolerates leading zeros. */
const shape = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** What `Version.parse` of pub_semver accepts. */
export function isPubVersion(version: string): boolean {
  return shape.test(version);
}
