import type { KeySpan, SortKey } from '../keyed-scheme';
import { isSemver, semverContinuations, semverKey, withoutPrefix } from '../semver/parse';

/** A toolchain: `go1.22.3`, `go1.22rc1`, with any suffix of a vendor after a blank, hyphen or plus sign. */
const toolchain = /^go(\d+)(?:\.(\d+)(?:\.(\d+))?)?(?:(alpha|beta|rc)(\d+))?(?:[ +-].*)?$/s;

/** `go1.22rc1` as `1.22.0-rc.1`. From 1.21 on `go1.21` names the language, which precedes every release of it. */
function toolchainVersion(match: RegExpExecArray): string {
  const [, major = '', minor = '0', patch, stage, number = ''] = match;
  const base = `${major}.${minor}.${patch ?? '0'}`;
  if (stage !== undefined) return `${base}-${stage}.${number}`;
  const hasFirstPatch = major !== '1' || minor.length > 2 || Number(minor) >= 21;
  return patch === undefined && hasFirstPatch ? `${base}-0` : base;
}

function toSemver(version: string): string {
  const trimmed = version.trim();
  const match = toolchain.exec(trimmed);
  return match === null ? withoutPrefix(trimmed) : toolchainVersion(match);
}

/** Module versions with and without `v`, pseudo-versions, toolchains. `(devel)` has no place in the order. */
export function goKey(version: string): SortKey | undefined {
  return semverKey(toSemver(version));
}

/** For module versions; what continues a toolchain version may belong to any later one. */
export function goContinuations(prefix: string): KeySpan<SortKey> | undefined {
  return toolchain.test(prefix) ? undefined : semverContinuations(withoutPrefix(prefix));
}

/** `v1` and `v1.2` are valid to golang.org/x/mod/semver; OSV writes versions without `v`. */
export function isGoVersion(version: string): boolean {
  if (toolchain.test(version)) return true;
  const plain = version.startsWith('v') ? version.slice(1) : version;
  return isSemver(plain) || /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?$/.test(plain);
}
