import { createHash } from 'node:crypto';
import type { RpmDigestAlgorithm } from '@clarion/file-formats';
import type { ByteSource, WorkBudget } from '@clarion/model';
import { namesInMerged } from './merged-directories';
import { hashOfText } from './path-hashes';

/** Algorithms of the digests that lists of packages have. */
export type DigestAlgorithm = RpmDigestAlgorithm;

/** The first four bytes of digests by their algorithm: equal by chance once in four thousand million times. */
export type FileDigests = ReadonlyMap<DigestAlgorithm, number>;

/** Those of large files: which of them a list has is known only when its layer was read. */
const usual = ['md5', 'sha1', 'sha256'] as const satisfies readonly DigestAlgorithm[];

const chunkBytes = 1024 * 1024;

/** The digests of an open file. `check` throws when time is up. */
export function digestsOf(source: ByteSource, check: () => void): FileDigests {
  const hashes = usual.map((algorithm) => [algorithm, createHash(algorithm)] as const);
  for (let at = 0; at < source.size; at += chunkBytes) {
    check();
    const bytes = source.read(at, Math.min(chunkBytes, source.size - at));
    for (const [, hash] of hashes) hash.update(bytes);
  }
  return new Map(hashes.map(([algorithm, hash]) => [algorithm, hash.digest().readUInt32BE()]));
}

/** A file that proves a package of a language, as its layer has it. */
export interface EvidenceFile {
  /** Its names in the layer. */
  readonly paths: readonly string[];
  /** Names that symbolic links of the layer give it. */
  readonly links: readonly string[];
  /** What these links have as their targets: apk has digests of that. */
  readonly targetOf?: ((link: string) => string | undefined) | undefined;
  readonly content?: Uint8Array | undefined;
  readonly digests?: FileDigests | undefined;
}

/** The start of a digest that a list has of a file. */
interface ListedDigest {
  readonly algorithm: DigestAlgorithm;
  readonly start: number;
}

const algorithms: readonly DigestAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];

/** The digests that lists of packages have of their files, by hashes of their paths, in arrays that grow. */
export class ListedDigests {
  private paths = new Uint32Array(0);
  private starts = new Uint32Array(0);
  private algorithms = new Uint8Array(0);
  private count = 0;

  /** `start` is the number that the first four bytes of the digest are. Ignored when there is no room for one more. */
  add(path: number, algorithm: DigestAlgorithm, start: number): void {
    if (this.count === this.paths.length && !this.grow()) return;
    this.paths[this.count] = path;
    this.starts[this.count] = start;
    this.algorithms[this.count] = algorithms.indexOf(algorithm);
    this.count += 1;
  }

  private grow(): boolean {
    const length = Math.min(Math.max(4096, this.count * 2), mostDigests);
    if (length === this.count) return false;
    const paths = new Uint32Array(length);
    paths.set(this.paths);
    const starts = new Uint32Array(length);
    starts.set(this.starts);
    const numbers = new Uint8Array(length);
    numbers.set(this.algorithms);
    Object.assign(this, { paths, starts, algorithms: numbers });
    return true;
  }

  /**
   * Hashes, ascending, of the names of files whose content differs from all that lists have for them. A package may
   * have taken a file over from another one, whose list still has its digest, so one that is equal is enough.
   */
  replaced(files: Iterable<EvidenceFile>, budget: WorkBudget): Uint32Array {
    if (this.count === 0) return new Uint32Array(0);
    const named = new Map<number, EvidenceFile>();
    for (const { paths, links, ...file } of files) {
      if (file.content === undefined && file.digests === undefined) continue;
      if (!budget.spend(paths.length + links.length)) break;
      // What a list has a digest of was a regular file: the package did not bring a link in its place.
      for (const link of links) addNames(named, { ...file, paths: [link], links: [] });
      addNames(named, { ...file, paths, links });
    }
    const found = new Map<EvidenceFile, ListedDigest[]>();
    for (let index = 0; index < this.count && named.size > 0; index += 1) {
      const file = named.get(this.paths[index] ?? 0);
      const algorithm = algorithms[this.algorithms[index] ?? 0];
      if (file === undefined || algorithm === undefined) continue;
      const digests = found.get(file) ?? [];
      found.set(file, digests);
      digests.push({ algorithm, start: this.starts[index] ?? 0 });
    }
    const replaced = [...found].filter(([file, digests]) => isOther(file, digests, budget));
    const names = replaced.flatMap(([{ paths, links }]) => [...paths, ...links]);
    return Uint32Array.from(new Set(names.map(hashOfText))).sort();
  }
}

function addNames(named: Map<number, EvidenceFile>, file: EvidenceFile): void {
  for (const path of file.paths.flatMap((one) => namesInMerged(one, () => true))) named.set(hashOfText(path), file);
}

/** As many as hashes of paths. */
const mostDigests = 2 ** 21;
/** Bytes that are hashed in the time of a step. */
const bytesOfStep = 512;

/** Whether all digests differ from that of the file; false where one cannot be compared. */
function isOther(file: EvidenceFile, listed: readonly ListedDigest[], budget: WorkBudget): boolean {
  const { paths, content, digests, targetOf } = file;
  const target = targetOf?.(paths[0] ?? '');
  if (target !== undefined && !isOther({ paths: [], links: [], content: Buffer.from(target) }, listed, budget))
    return false;
  const known = new Map(digests);
  return listed.every(({ algorithm, start }) => {
    if (!known.has(algorithm)) {
      // When the budget is used up, which is a problem of the layer, files count as those of their packages.
      if (content === undefined || !budget.spend(1 + content.length / bytesOfStep)) return false;
      known.set(algorithm, createHash(algorithm).update(content).digest().readUInt32BE());
    }
    return known.get(algorithm) !== start;
  });
}
