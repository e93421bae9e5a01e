import { createHash } from 'node:crypto';
import type { PackageFiles, WorkBudget } from '@clarion/model';
import type { EvidenceFile } from './listed-digests';
import { decodeHashes, decodeNumbers, encodeHashes, encodeNumbers, hashOfText, indexOfHash } from './path-hashes';
import { isOfDistribution } from './recognised-paths';

/** Further files that an upper layer copies count as replaced. */
const mostStored = 100_000;
/** Bytes that are hashed in the time of a step. */
const bytesOfStep = 512;

/**
 * What is stored of the contents of files that prove packages of languages, where packages of distributions may own
 * them: a layer above may have the same file once more, or another one that names the same package.
 */
export function storedContents(
  files: readonly EvidenceFile[],
  budget: WorkBudget,
): Pick<PackageFiles, 'evidence' | 'contents'> {
  const known = new Map<number, number>();
  for (const { paths, links, content, digests } of files) {
    const names = [...paths, ...links].filter(isOfDistribution);
    if (names.length === 0 || known.size + names.length > mostStored) continue;
    const start = digests?.get('md5') ?? (content === undefined ? undefined : startOf(content, budget));
    if (start === undefined) continue;
    for (const name of names) known.set(hashOfText(name), start);
  }
  if (known.size === 0) return {};
  const hashes = Uint32Array.from(known.keys()).sort();
  return { evidence: encodeHashes(hashes), contents: encodeNumbers(hashes.map((hash) => known.get(hash) ?? 0)) };
}

/** The first four bytes of the digest. */
function startOf(content: Uint8Array, budget: WorkBudget): number | undefined {
  if (!budget.spend(1 + content.length / bytesOfStep)) return undefined;
  return createHash('md5').update(content).digest().readUInt32BE();
}

/** A number that shows whether files of two layers are the same, by the hash of a path; undefined where nothing is stored. */
export type ContentOf = (path: number) => number | undefined;

export function decodeContents(stored: readonly PackageFiles[]): ContentOf {
  const decoded = stored.map(({ evidence = '', contents = '' }) => {
    return { hashes: decodeHashes(evidence), starts: decodeNumbers(contents) };
  });
  return (path) => {
    for (const { hashes, starts } of decoded) {
      const index = indexOfHash(hashes, path);
      if (index !== undefined) return starts[index];
    }
    return undefined;
  };
}
