import type { Advisory, VulnerabilityRecord } from '@clarion/model';

export const feedId = 'ubuntu';

/** An advisory with the group it belongs to. */
export interface ArchiveAdvisory {
  readonly namespace: string;
  /** Source package. */
  readonly package: string;
  readonly advisory: Advisory;
}

/** What one record of an archive says. */
export interface ReadRecord {
  readonly advisories: readonly ArchiveAdvisory[];
  readonly text?: VulnerabilityRecord;
  readonly problems: readonly string[];
}

/** A name of a Debian source package (https://www.debian.org/doc/debian-policy/ch-controlfields.html#source). */
export function isSourceName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 200 && /^[a-z0-9][a-z0-9+.-]*$/.test(name);
}
