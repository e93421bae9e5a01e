import { decodeText } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { namespaceOf } from '../distros';

/** The file contains only the version: `3.20.3`, or `3.21_alpha20240807` on edge. */
export function parseAlpineRelease({ path, content }: WantedFile): readonly NamespaceEvidence[] {
  const found = namespaceOf({ id: 'alpine', version: decodeText(content).trim() });
  return found === undefined || found === 'unversioned' ? [] : [{ ...found, rank: evidenceRank.familyRelease, path }];
}
