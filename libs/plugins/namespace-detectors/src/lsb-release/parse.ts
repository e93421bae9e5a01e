import { decodeText, shellAssignments } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { namespaceOf } from '../distros';

/** What an lsb-release file says. Many rpm distributions have one with `LSB_VERSION` only, which says nothing. */
export function parseLsbRelease({ path, content }: WantedFile): readonly NamespaceEvidence[] {
  const values = shellAssignments(decodeText(content));
  const value = (key: string): string => values.get(key) ?? '';
  const found = namespaceOf({
    id: value('DISTRIB_ID').toLowerCase(),
    version: value('DISTRIB_RELEASE'),
    prettyName: value('DISTRIB_DESCRIPTION'),
    codename: value('DISTRIB_CODENAME'),
  });
  return found === undefined || found === 'unversioned' ? [] : [{ ...found, rank: evidenceRank.lsbRelease, path }];
}
