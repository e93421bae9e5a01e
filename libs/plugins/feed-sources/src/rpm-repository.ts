import { childOf, childText, xmlRecords } from '@clarion/file-formats/documents';
import { ClarionError } from '@clarion/model';

/** A file of the metadata of an rpm repository. */
export interface RepositoryFile {
  /** Relative to the repository. */
  readonly location: string;
  /** Lower-case hex of the decoded content, where the index states one of this kind. */
  readonly sha256?: string;
}

const plainLocation = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.+-]{1,200}(?:\/[\w.+-]{1,200}){0,8}$/;
const maxFiles = 1000;

/**
 * The file of one kind (`updateinfo`) that `repodata/repomd.xml` lists; undefined when it lists none, which is normal.
 * Throws `ClarionError` `corrupt-data` for an index that is damaged or points outside of the repository.
 */
export async function repositoryFile(
  repomd: AsyncIterable<Uint8Array>,
  type: string,
): Promise<RepositoryFile | undefined> {
  let found: RepositoryFile | undefined;
  let files = 0;
  for await (const data of xmlRecords(repomd, { root: 'repomd', isRecord: (name) => name === 'data' })) {
    files += 1;
    if (files > maxFiles) throw new ClarionError('limit-exceeded', 'Index of the repository lists too many files');
    if (data.attributes['type'] !== type || found !== undefined) continue;
    const location = childOf(data, 'location')?.attributes['href'] ?? '';
    if (!plainLocation.test(location)) {
      throw new ClarionError('corrupt-data', `Index of the repository places ${type} at "${location.slice(0, 120)}"`);
    }
    const checksum = childOf(data, 'open-checksum');
    const sha256 =
      checksum?.attributes['type'] === 'sha256' ? childText(data, 'open-checksum')?.toLowerCase() : undefined;
    found = { location, ...(sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? { sha256 } : {}) };
  }
  return found;
}
