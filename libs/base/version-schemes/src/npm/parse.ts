import { isSemver } from '../semver/parse';

/** node-semver's own limits. */
const longest = 256;

/** What `semver.clean` of node-semver accepts: strict SemVer after leading blanks and `=` or `v`. */
export function isNpmVersion(version: string): boolean {
  const cleaned = version
    .trim()
    .replace(/^[=v]+/, '')
    .trim()
    // After blanks the parser itself accepts one more.
    .replace(/^v/, '');
  if (cleaned.length > longest || !isSemver(cleaned)) return false;
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(cleaned) ?? [];
  return numbers.slice(1).every((number) => Number(number) <= Number.MAX_SAFE_INTEGER);
}
