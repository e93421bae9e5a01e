import {
  createWorkBudget,
  type LayerEntry,
  type PackageFiles,
  type Problem,
  type WorkBudget,
  workLimits,
} from '@clarion/model';
import { storedContents } from './evidence-contents';
import { type DigestAlgorithm, type EvidenceFile, ListedDigests } from './listed-digests';
import {
  decodeHashes,
  encodeHashes,
  HashCollector,
  hashOfPath,
  hashOfText,
  indexOfHash,
  type PathHashes,
  pathHashes,
} from './path-hashes';
import { namesInMerged } from './merged-directories';
import { splitPath } from './split-path';
import { storedOwners } from './stored-owners';

type PackageFormat = 'lines' | 'digests' | 'diversions' | 'apk' | 'rpm' | 'unlisted';

/** The directories that package managers keep their lists in, each with the format of a file there. */
const folders: ReadonlyMap<string, (name: string) => PackageFormat | undefined> = new Map([
  ['var/lib/dpkg', (name: string) => (name === 'diversions' ? 'diversions' : undefined)],
  ['var/lib/dpkg/info', dpkgFormat],
  ['var/lib/dpkg/status.d', (name: string) => (name.endsWith('.md5sums') ? 'digests' : 'unlisted')],
  ...['lib/apk/db', 'usr/lib/apk/db'].map(
    (folder) => [folder, (name: string) => (name === 'installed' ? 'apk' : undefined)] as const,
  ),
  ...['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'].map((folder) => [folder, rpmFormat] as const),
  ['var/lib/rpmmanifest', (name: string) => (name === 'container-manifest-2' ? 'unlisted' : undefined)],
]);

function dpkgFormat(name: string): PackageFormat | undefined {
  return name.endsWith('.list') ? 'lines' : name.endsWith('.md5sums') ? 'digests' : undefined;
}

const rpmNames: ReadonlySet<string> = new Set(['Packages', 'Packages.db', 'rpmdb.sqlite', 'rpmdb.sqlite-wal']);
function rpmFormat(name: string): PackageFormat | undefined {
  return rpmNames.has(name) ? 'rpm' : undefined;
}

/** One folder for each package. */
const pacman = /^var\/lib\/pacman\/local\/[^/]+\/files$/;

/** Where the lists are: most files of a layer are ruled out by the start of their paths. */
const tops = /^(?:var\/lib\/|(?:usr\/)?lib\/(?:apk|sysimage)\/|usr\/share\/rpm\/)/;

function formatOf(path: string): PackageFormat | undefined {
  if (!tops.test(path)) return undefined;
  const slash = path.lastIndexOf('/');
  const format = folders.get(path.slice(0, Math.max(slash, 0)));
  if (format !== undefined) return format(path.slice(slash + 1));
  return path.endsWith('/files') && pacman.test(path) ? 'lines' : undefined;
}

const mebibyte = 1024 * 1024;
const largest: Readonly<Record<PackageFormat, number>> = {
  lines: 64 * mebibyte,
  digests: 64 * mebibyte,
  diversions: mebibyte,
  apk: 64 * mebibyte,
  // The limit of the detector.
  rpm: 256 * mebibyte,
  unlisted: 0,
};

/** A layer keeps the names of no more packages, and none that is longer. */
const mostNames = 20_000;
const longestName = 200;
const longestPath = 4096;
/** Bytes that are read and hashed in the time of a step. */
const bytesOfStep = 64;

/** Collects the files that packages own while a layer is walked: text lists are read at once, databases at the end. */
export class PackageFilesCollector {
  private readonly hashes = new HashCollector();
  private readonly digests = new ListedDigests();
  private readonly databases = new Map<string, Uint8Array>();
  private readonly budget: WorkBudget = createWorkBudget('Reading which files belong to packages', workLimits.detector);
  private readonly note: (problem: Problem) => void;
  private readonly line = Buffer.alloc(longestPath);
  /** The numbers of packages, from 1. */
  private readonly names = new Map<string, number>();
  /** The numbers of the packages that brought what is at diverted paths, by hash. */
  private readonly diverted = new Map<number, number>();
  /** Packages of dpkg whose list was read: their digests are of the same files. */
  private readonly listedBy = new Set<string>();
  /** The number of the package whose files are being read. */
  private owner = 0;
  private listed = false;
  private unlisted = false;
  private full = false;

  constructor(note: (problem: Problem) => void) {
    this.note = note;
  }

  /** How many bytes of the file are read at most; undefined for nearly all files, which are not lists. */
  add({ path, type }: LayerEntry): number | undefined {
    const format = type === 'file' ? formatOf(path) : undefined;
    if (format === undefined) return undefined;
    if (format === 'unlisted') this.unlisted = true;
    return format === 'unlisted' ? undefined : largest[format];
  }

  /** The number of a package; 0, an unknown one, where there are too many or its name is too long. */
  private numberOf(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    if (name === '' || name.length > longestName || this.names.size >= mostNames) return 0;
    this.names.set(name, this.names.size + 1);
    return this.names.size;
  }

  /** Takes the content of a requested file. */
  content({ path }: LayerEntry, content: Uint8Array): void {
    const format = formatOf(path);
    if (format === undefined || !this.budget.spend(1 + content.length / bytesOfStep)) return;
    this.owner = this.numberOf(packageOfList(path));
    if (format === 'rpm') this.databases.set(path, content);
    else if (format === 'apk') this.apk(content);
    else if (format === 'diversions') this.diversions(content);
    else if (format === 'lines') this.lines(content);
    else if (format === 'digests') this.lines(content, { ofListed: this.listedBy.has(listBeside(path)) });
    if (format === 'lines' && path.endsWith('.list')) this.listedBy.add(path);
  }

  /** Takes a requested file that is too large. */
  unread({ path }: LayerEntry): void {
    const format = formatOf(path);
    // The rpm detector itself reports what it does not read.
    if (format === undefined || format === 'rpm' || format === 'unlisted') return;
    const message = `${path} was not read: which files belong to packages is not known`;
    this.note({ code: 'limit-reached', path, message });
  }

  /** Reads a list; `digests` of one whose lines begin with them, of files that were listed before or are listed here. */
  private lines(content: Uint8Array, digests?: { readonly ofListed: boolean }): void {
    const owns = digests?.ofListed !== true;
    if (digests?.ofListed === false) this.listed = true;
    for (let start = 0, end = 0; start < content.length; start = end + 1) {
      end = lineEnd(content, start);
      if (digests === undefined) {
        this.own(content, start, end);
        continue;
      }
      // The digest, two spaces, the path.
      const from = content.indexOf(space, start) + 2;
      if (from <= start + 1 || from >= end) continue;
      if (owns) {
        this.own(content, from, end);
        this.ownDirectory(content, from, end);
      }
      if (from === start + digitsOfMd5 + 2) this.digest(hashOfPath(content, from, end), 'md5', content.subarray(start));
    }
  }

  /**
   * Reads diversions of dpkg, three lines each: a path, where the files of other packages for it are put, and the package
   * whose own file is at the path, or `:` for one that is nobody's.
   */
  private diversions(content: Uint8Array): void {
    let path: readonly [start: number, end: number] | undefined;
    for (let start = 0, end = 0, line = 0; start < content.length; start = end + 1, line += 1) {
      end = lineEnd(content, start);
      if (line % 3 === 0) path = [start, end];
      if (line % 3 < 2) this.own(content, start, end);
      else if (path !== undefined && end - start <= longestName) {
        const by = Buffer.from(content.subarray(start, end)).toString();
        this.diverted.set(hashOfPath(content, ...path), by === ':' ? 0 : this.numberOf(by));
      }
    }
  }

  /** Takes the digest of a file, with which `digits` begins in hexadecimal. */
  private digest(path: number, algorithm: DigestAlgorithm, digits: Uint8Array): void {
    const bytes = Buffer.from(Buffer.from(digits.subarray(0, 8)).toString('latin1'), 'hex');
    if (bytes.length === 4) this.digests.add(path, algorithm, bytes.readUInt32BE());
  }

  /** Of lists that name no directories: those of their files belong to a package as well. */
  private ownDirectory(content: Uint8Array, start: number, end: number): void {
    const last = content.lastIndexOf(slash, end - 1);
    if (last > start) this.own(content, start, last);
  }

  private apk(content: Uint8Array): void {
    let directory = 0;
    let file: number | undefined;
    for (let start = 0, end = 0; start < content.length; start = end + 1) {
      end = lineEnd(content, start);
      const length = end - start - 2;
      // An empty line ends a package.
      if (length === -2) this.owner = 0;
      if (content[start + 1] !== colon || length < 0) continue;
      if (content[start] === letterP && length <= longestName) {
        this.owner = this.numberOf(Buffer.from(content.subarray(start + 2, end)).toString());
      }
      if (content[start] === letterF && length < longestPath) {
        this.line.set(content.subarray(start + 2, end));
        this.line[length] = slash;
        directory = length === 0 ? 0 : length + 1;
        this.own(this.line, 0, directory);
      } else if (content[start] === letterR && directory + length <= longestPath) {
        this.line.set(content.subarray(start + 2, end), directory);
        this.own(this.line, 0, directory + length);
        file = hashOfPath(this.line, 0, directory + length);
      } else if (content[start] === letterZ && file !== undefined) {
        this.apkDigest(file, Buffer.from(content.subarray(start + 2, Math.min(end, start + 10))).toString());
      }
    }
  }

  /** Takes a checksum: `Q1` before one of SHA-1, `Q2` of SHA-256, then its bytes in base64. */
  private apkDigest(file: number, text: string): void {
    const algorithm = text.startsWith('Q1') ? 'sha1' : text.startsWith('Q2') ? 'sha256' : undefined;
    const bytes = Buffer.from(text.slice(2), 'base64');
    if (algorithm !== undefined && bytes.length >= 4) this.digests.add(file, algorithm, bytes.readUInt32BE());
  }

  private own(bytes: Uint8Array, start: number, end: number): void {
    if (start >= end || end - start > longestPath) return;
    if (this.hashes.add(hashOfPath(bytes, start, end), this.owner) || this.full) return;
    this.full = true;
    this.note({ code: 'limit-reached', message: 'Packages of the layer own too many files: some count as nobody’s' });
  }

  /**
   * All files that packages of the layer own, and the part of them that is stored. `files` are those of the layer that
   * prove packages of languages.
   */
  async finish(
    files: Iterable<EvidenceFile> = [],
  ): Promise<{ readonly own: PathHashes; readonly stored: PackageFiles }> {
    if (this.databases.size > 0) {
      const { rpmFiles } = await import('./rpm-files');
      let before: Uint8Array | undefined;
      for (const { packageName = '', directory, name, digest, digestAlgorithm } of rpmFiles(
        this.databases,
        this.budget,
      )) {
        this.owner = this.numberOf(packageName);
        if (directory !== before) this.own(directory, 0, directory.length);
        before = directory;
        const length = directory.length + name.length;
        // One directory may prefix many names: more bytes can be hashed than were read.
        if (length > longestPath || !this.budget.spend(length / bytesOfStep)) continue;
        this.line.set(directory);
        this.line.set(name, directory.length);
        this.own(this.line, 0, length);
        if (digest !== undefined && digestAlgorithm !== undefined) {
          this.digest(hashOfPath(this.line, 0, length), digestAlgorithm, digest);
        }
      }
      this.databases.clear();
    }
    const evidence = [...files];
    const replaced = this.digests.replaced(evidence, this.budget);
    const contents = storedContents(evidence, this.budget);
    const exceeded = this.budget.problem();
    if (exceeded !== undefined) this.note(exceeded);
    const sorted = this.hashes.sorted();
    for (const [hash, owner] of this.diverted) {
      const index = indexOfHash(sorted.hashes, hash);
      if (index !== undefined) sorted.owners[index] = owner;
    }
    const stored = {
      ...storedOwners(sorted, [...this.names.keys()]),
      ...(replaced.length === 0 ? {} : { replaced: encodeHashes(replaced) }),
      ...contents,
      ...(this.unlisted && !this.listed ? { unlisted: true } : {}),
    };
    return { own: pathHashes(sorted.hashes), stored };
  }
}

/**
 * The package whose files a list names, by the path of the list; '' where the content shows it.
 */
function packageOfList(path: string): string {
  const [directory, name] = splitPath(path);
  if (name === 'files') return splitPath(directory)[1].replace(/-[^-]*-[^-]*$/, '');
  return /\.(?:list|md5sums)$/.test(name) ? name.replace(/(?::[^:]*)?\.(?:list|md5sums)$/, '') : '';
}

function listBeside(digests: string): string {
  return digests.replace(/\.md5sums$/, '.list');
}

const digitsOfMd5 = 32;
const newline = 0x0a;
const space = 0x20;
const colon = 0x3a;
const slash = 0x2f;
const letterF = 0x46;
const letterP = 0x50;
const letterR = 0x52;
const letterZ = 0x5a;

function lineEnd(content: Uint8Array, start: number): number {
  const end = content.indexOf(newline, start);
  return end < 0 ? content.length : end;
}

/** The metadata directory of one Python package: files created in it at installation belong to the package. */
export const pythonPackage = /^.*\.(?:dist|egg)-info(?=\/)/;

/** Whether packages own the file at `path`, by any name that it may have: which directories are merged is not known. */
export function isOwned(own: PathHashes, path: string): boolean {
  const isListed = (one: string): boolean => namesInMerged(one, () => true).some((name) => own.has(hashOfText(name)));
  if (isListed(path)) return true;
  const [directory] = pythonPackage.exec(path) ?? [];
  return directory !== undefined && isListed(directory);
}

/** All files that packages of all layers own together: a database and its files may be in different layers. */
export function ownedByAny(layers: readonly PackageFiles[], budget: WorkBudget): (path: string) => boolean {
  const sets = layers.flatMap(({ owned }) => (owned === undefined ? [] : [pathHashes(decodeHashes(owned))]));
  const unlisted = layers.some((layer) => layer.unlisted === true);
  return (path) => {
    if (unlisted && isUsualForPackages(path)) return true;
    // When the budget is used up, which is a problem of the image, files count as unowned.
    return sets.some((own) => budget.spend(1) && isOwned(own, path));
  };
}

/** Whether files at such a path belong to packages by convention, without a list. */
export function isUsualForPackages(path: string): boolean {
  return usual.test(path);
}

const usual = /^(?:usr\/)?(?:s?bin|lib(?:32|64|x32|exec)?|share|etc|boot)\//;
