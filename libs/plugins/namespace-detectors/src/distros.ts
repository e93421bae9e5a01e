import { distributions, type OsRelease } from '@clarion/distributions';
import type { NamespaceEvidence } from '@clarion/model';

export type FoundNamespace = Pick<NamespaceEvidence, 'id' | 'packageType' | 'versionText'>;

/**
 * The names of distributions in os-release. If several share an id, the name decides, so rows with a name come first.
 */
const recognised = distributions
  .flatMap(({ family, packageType, recognised: rules }) => rules.map((rule) => ({ ...rule, family, packageType })))
  .sort((a, b) => Number(a.name === undefined) - Number(b.name === undefined));

/** The namespace of a release; `unversioned` for a known distribution with a missing or invalid version. */
export function namespaceOf(release: OsRelease): FoundNamespace | 'unversioned' | undefined {
  const rows = recognised.filter(({ ids, name }) => {
    return ids.includes(release.id) && (name === undefined || release.name?.startsWith(name) === true);
  });
  for (const { family, packageType, release: releaseOf } of rows) {
    const kept = releaseOf(release);
    if (kept === undefined) continue;
    const id = kept === '' ? family : `${family}:${kept}`;
    const versionText = usableVersion(release.version);
    const saysMore = versionText !== undefined && versionText !== kept;
    return { id, packageType, ...(saysMore && { versionText }) };
  }
  return rows.length === 0 ? undefined : 'unversioned';
}

/** The version if it can be used in an id and a report: short, and with the characters of a version. */
export function usableVersion(version: string): string | undefined {
  return /^[\w.+~-]{1,64}$/.test(version) ? version : undefined;
}
