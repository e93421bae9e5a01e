import { distributions, type OsRelease } from '@clarion/distributions';
import { decodeText } from '@clarion/file-formats';
import { evidenceRank, namespaceFamily, type NamespaceEvidence, type WantedFile } from '@clarion/model';
import { namespaceOf } from '../distros';

const releaseFiles = distributions.flatMap(({ family, releaseFile }) =>
  releaseFile === undefined ? [] : [{ ...releaseFile, family }],
);
/** Families whose rebuilds keep the release file unchanged. */
const rebuilt = new Set(
  releaseFiles.flatMap(({ family, keptByRebuilds }) => (keptByRebuilds === true ? [family] : [])),
);

/** Parses a vendor's release file; the text of an unknown distribution has no result. */
export function parseVendorRelease({ path, content }: WantedFile): readonly NamespaceEvidence[] {
  const release = readRelease(decodeText(content).trimStart().slice(0, 4096));
  const found = release === undefined ? undefined : namespaceOf(release);
  return found === undefined || found === 'unversioned' ? [] : [{ ...found, rank: rankOf(path, found.id), path }];
}

/**
 * Oracle Linux and other rebuilds keep a `redhat-release` with the original text, so the vendor's own file has
 * priority.
 */
function rankOf(path: string, id: string): number {
  const isOwnFile = !/\/(?:redhat|system)-release$/.test(path) || !rebuilt.has(namespaceFamily(id));
  return isOwnFile ? evidenceRank.vendorRelease : evidenceRank.vendorRelease - 1;
}

function readRelease(text: string): OsRelease | undefined {
  if (text.startsWith('SUSE Linux Enterprise ')) return readSles(text);
  for (const { text: pattern, id } of releaseFiles) {
    const match = pattern.exec(text);
    // The last number of 7.6.1810 and 2.0.20240112 is a build number.
    if (match?.[1] !== undefined) return { id, version: match[1], name: match[0] };
  }
  return undefined;
}

/** `VERSION = 11` and `PATCHLEVEL = 4`, below a human-readable line. */
function readSles(text: string): OsRelease | undefined {
  const version = /^VERSION\s*=\s*(\d+)/m.exec(text)?.[1];
  const patchLevel = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(text)?.[1] ?? '0';
  if (version === undefined) return undefined;
  return { id: 'sles', version: patchLevel === '0' ? version : `${version}.${patchLevel}` };
}
