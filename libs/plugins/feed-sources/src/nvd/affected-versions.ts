import { asObject } from '@clarion/file-formats/documents';
import type { VersionRange } from '@clarion/model';
import type { Cpe } from './cpe-name';
import { versionOf } from './runtime-versions';

/** Versions of one program that a CVE affects. */
export interface AffectedVersions {
  readonly ranges: VersionRange[];
  readonly versions: Set<string>;
  /** A name without any version: which ones are affected is not known. */
  unknown: boolean;
}

/** Adds what one `cpeMatch` with the name `cpe` says. */
export function addVersions(affected: AffectedVersions, cpe: Cpe, match: Readonly<Record<string, unknown>>): void {
  const bound = (name: string): string | undefined => {
    const text = match[name];
    return typeof text === 'string' && isVersion(text) ? versionOf(cpe, text) : undefined;
  };
  if (cpe.version === '*') {
    // The version after an excluded start is not known; the start itself counts, too.
    const introduced = bound('versionStartIncluding') ?? bound('versionStartExcluding');
    const [fixed, lastAffected] = [bound('versionEndExcluding'), bound('versionEndIncluding')];
    const range = {
      ...(introduced !== undefined && { introduced }),
      ...(fixed !== undefined && { fixed }),
      ...(lastAffected !== undefined && { lastAffected }),
    };
    if (Object.keys(range).length === 0) affected.unknown = true;
    else affected.ranges.push(range);
  } else if (cpe.version === '-' || !isVersion(cpe.version)) {
    affected.unknown = true;
  } else {
    affected.versions.add(versionOf(cpe, cpe.version, cpe.update));
  }
}

const longestVersion = 100;

function isVersion(text: string): boolean {
  return text.trim() !== '' && text.length <= longestVersion;
}

/** The members of a list that are objects. */
export function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return [];
  return value.map(asObject).filter((one) => one !== undefined);
}
