import { distributions, type OsRelease } from '@clarion/distributions';
import type { NamespaceEvidence } from '@clarion/model';

export type FoundNamespace = Pick<NamespaceEvidence, 'id' | 'packageType' | 'versionText'>;

/** How os-release names distributions; where several share an id, the name decides, so rows with one come first. */
const recognised = distributions
  .flatMap(({ family, packageType, recognised: rules }) => rules.map((rule) => ({ ...rule, family, packageType })))
  .sort((a, b) => Number(a.name === undefined) - Number(b.name === undefined));

/** The namespace of a release; `unversioned` for a known distribution whose version is missing or makes no sense. */
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

/** The version if it is fit for an id and a report: short, and of the characters that versions are made of. */
export function usableVersion(version: string): string | undefined {
  return /^[\w.+~-]{1,64}$/.test(version) ? version : undefined;
}
