import { decodeText, shellAssignments } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { namespaceOf } from '../distros';

/** Parses an lsb-release file. Many rpm distributions have one with only `LSB_VERSION`, which identifies nothing. */
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
