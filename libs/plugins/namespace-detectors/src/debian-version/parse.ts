import { decodeText } from '@clarion/file-formats';
import { evidenceRank, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { namespaceOf } from '../distros';

/**
 * The file contains only the version: `6.0.10`. Text such as `wheezy/sid` is ignored: Ubuntu has it, and a Debian that
 * has it also has an os-release.
 */
export function parseDebianVersion({ path, content }: WantedFile): readonly NamespaceEvidence[] {
  const version = decodeText(content).trim();
  if (!/^\d{1,3}(?:\.\d{1,3}){0,3}$/.test(version)) return [];
  const found = namespaceOf({ id: 'debian', version });
  return found === undefined || found === 'unversioned' ? [] : [{ ...found, rank: evidenceRank.familyRelease, path }];
}
