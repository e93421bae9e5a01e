import type {
  DetectorClient,
  DetectorInfo,
  Digest,
  EcosystemSign,
  LayerEntry,
  LayerIndex,
  LayerStructure,
  PackageFiles,
} from '@clarion/model';
import { programs } from './ecosystem-table';
import { type MergedView, resolve } from './merged-view';
import { splitPath } from './split-path';
import { isOwned, ownedByAny } from './package-files';
import type { PathHashes } from './path-hashes';
import { isProgram } from './program-format';
import { ecosystemOf, isOfDistribution, looksLikeProgram, mayBeCalledProgram, mayBeProgram } from './recognised-paths';

/**
 * Signs of unread ecosystems are facts of a layer like the results of a detector: when the version is raised, layers
 * are read again. They need paths, and the first bytes of possible programs, so they are found while the layer is
 * walked.
 */
export const ecosystemSigns: DetectorInfo = {
  id: 'ecosystem-signs',
  kind: 'feature',
  version: 5,
  title: 'Packages of ecosystems that no detector reads, recognised by paths and first bytes',
  files: { paths: [], maxBytes: 0 },
};

/** The detectors of an installation, and the ecosystem signs. */
export async function allDetectors(client: Pick<DetectorClient, 'list'>): Promise<readonly DetectorInfo[]> {
  const listed = await client.list();
  return listed.some(({ id }) => id === ecosystemSigns.id) ? listed : [...listed, ecosystemSigns];
}

/** Directories that count as one with everything below them. */
const wholeDirectories = ['node_modules/', '.linuxbrew/Cellar/'];

/** The directory of the packages of one installation. */
function directoryOf(path: string): string {
  for (const whole of wholeDirectories) {
    const at = path.indexOf(whole);
    if (at >= 0) return path.slice(0, at + whole.length - 1);
  }
  const [directory, name] = splitPath(path);
  return /\.(?:dist|egg)-info$/.test(directory) && name !== '' ? splitPath(directory)[0] : directory;
}

/** Keeps the first paths of a directory, and the first directories of an ecosystem: hostile layers have millions. */
const mostPaths = 10;
const mostDirectories = 50;

/**
 * In the distribution's directories, all paths are kept until the owning packages are known, and then those that
 * packages of other layers may own.
 */
const mostDoubtful = 100_000;
const mostStored = 10_000;
const mostSeenPrograms = 20_000;

interface FoundFiles {
  files: number;
  readonly paths: string[];
}

/** Signs of one layer while it is walked, in bounded memory. */
export class SignCollector {
  private readonly found = new Map<string, Map<string, FoundFiles>>();
  /** The ecosystems of files in the distribution's directories, by path. */
  private readonly doubtful = new Map<string, string>();
  /** Names of programs that hard links may refer to. */
  private readonly seenPrograms = new Set<string>();
  /** How many files of an ecosystem exist beyond those that are kept. */
  private readonly surplus = new Map<string, number>();
  private readonly hasRoomFor: (path: string) => boolean;

  /** `hasRoomFor` returns whether one more path may be kept. */
  constructor(hasRoomFor: (path: string) => boolean) {
    this.hasRoomFor = hasRoomFor;
  }

  /** Takes the path of an entry. Asks for its first bytes where these show whether it is a program. */
  add(entry: LayerEntry): 'head' | undefined {
    const id = ecosystemOf(entry);
    if (id !== undefined) this.count(id, entry.path);
    else if (entry.type === 'hardlink') this.hardLink(entry);
    else if (mayBeProgram(entry)) return 'head';
    return undefined;
  }

  /** Takes the first bytes of a file, or more of them. */
  head(entry: LayerEntry, bytes: Uint8Array): void {
    if (isProgram(bytes) && ecosystemOf(entry) === undefined && mayBeProgram(entry)) this.program(entry.path);
  }

  /** Another name of a program of this layer: an upper layer may delete only the first one. */
  private hardLink(entry: LayerEntry): void {
    if (this.seenPrograms.has(entry.link) && mayBeCalledProgram(entry)) this.program(entry.path);
  }

  private program(path: string): void {
    if (this.seenPrograms.size < mostSeenPrograms) this.seenPrograms.add(path);
    this.count(programs, path);
  }

  /** Takes a file whose bytes are unavailable: larger than a detector reads, or sparse. */
  unread(entry: LayerEntry): void {
    if (looksLikeProgram(entry) && ecosystemOf(entry) === undefined && mayBeProgram(entry)) this.program(entry.path);
  }

  private count(id: string, path: string): void {
    if (!isOfDistribution(path)) this.countInDirectory(id, path);
    else if (this.doubtful.size < mostDoubtful && this.hasRoomFor(path)) this.doubtful.set(path, id);
    else this.surplus.set(id, (this.surplus.get(id) ?? 0) + 1);
  }

  private countInDirectory(id: string, path: string): void {
    const directories = this.found.get(id) ?? new Map<string, FoundFiles>();
    this.found.set(id, directories);
    const where = directoryOf(path);
    // Further directories share one entry, which always counts as present.
    const key = directories.has(where) || directories.size < mostDirectories ? where : '';
    const found = directories.get(key) ?? { files: 0, paths: [] };
    directories.set(key, found);
    found.files += 1;
    if (found.paths.length < mostPaths && !found.paths.includes(path) && this.hasRoomFor(path)) found.paths.push(path);
  }

  /** The signs that count when packages of the layer own `own`. */
  signs(own: PathHashes): readonly EcosystemSign[] {
    const elsewhere = [...this.found].flatMap(([ecosystem, directories]) =>
      [...directories].map(([directory, { files, paths }]): EcosystemSign => {
        const scattered = directory === '' && directories.size > mostDirectories;
        return { ecosystem, files, paths: paths.sort(), ...(scattered ? { scattered } : {}) };
      }),
    );
    return [...elsewhere, ...this.unowned(own)];
  }

  private unowned(own: PathHashes): readonly EcosystemSign[] {
    const paths = new Map<string, string[]>();
    const surplus = new Map(this.surplus);
    let stored = 0;
    for (const [path, ecosystem] of this.doubtful) {
      if (isOwned(own, path)) continue;
      stored += 1;
      if (stored > mostStored) surplus.set(ecosystem, (surplus.get(ecosystem) ?? 0) + 1);
      else listAt(paths, ecosystem).push(path);
    }
    return [
      ...[...paths].map(([ecosystem, found]): EcosystemSign => {
        return { ecosystem, files: found.length, paths: found.sort(), unlessOwned: true };
      }),
      // Too many to check: they count even if a package owns them.
      ...[...surplus].map(([ecosystem, files]): EcosystemSign => ({ ecosystem, files, paths: [], scattered: true })),
    ];
  }
}

function listAt(lists: Map<string, string[]>, key: string): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** The stored signs of a layer. */
export function signsOfLayer({ detections }: Pick<LayerIndex, 'detections'>): readonly EcosystemSign[] {
  return detections.flatMap((detection) => detection.signs ?? []);
}

/** An ecosystem in an image whose packages no detector reads. */
export interface FoundEcosystem {
  readonly id: string;
  readonly files: number;
  readonly example: string;
  readonly layer: Digest;
}

function packageFilesOf({ detections }: LayerIndex): readonly PackageFiles[] {
  return detections.flatMap(({ packageFiles }) => packageFiles ?? []);
}

/**
 * The ecosystems of an image as it is after its top layer. For a directory with more files than were kept, the
 * rest counts as long as no upper layer removes all of it.
 */
export function ecosystemsOf(layers: NumberedLayers, view: MergedView): readonly FoundEcosystem[] {
  const found = new Map<string, FoundEcosystem>();
  const distinct = [...new Set(layers.map(([, layer]) => layer))];
  const doubtful = distinct.some((layer) => signsOfLayer(layer).some((sign) => sign.unlessOwned === true));
  const owned = ownedByAny(doubtful ? distinct.flatMap(packageFilesOf) : [], view.budget);
  for (const [number, layer] of layers) {
    for (const sign of signsOfLayer(layer)) {
      const there = sign.paths.filter((path) => isThere(view, path, number));
      const left = sign.unlessOwned === true ? there.filter((path) => !owned(path)) : there;
      const gone = sign.paths.length - left.length;
      if (left.length === 0 && !hasMore(sign, { number, layers })) continue;
      const before = found.get(sign.ecosystem);
      found.set(sign.ecosystem, {
        id: sign.ecosystem,
        example: before?.example ?? left[0] ?? sign.paths[0] ?? '',
        layer: before?.layer ?? layer.diffId,
        files: (before?.files ?? 0) + sign.files - gone,
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

type NumberedLayers = readonly (readonly [number: number, layer: LayerIndex])[];

/** Whether files of a sign whose paths were not kept still exist, as far as can be determined. */
function hasMore(sign: EcosystemSign, { number, layers }: { number: number; layers: NumberedLayers }): boolean {
  if (sign.scattered === true) return true;
  const [first] = sign.paths;
  if (first === undefined || sign.files <= sign.paths.length) return false;
  const directory = directoryOf(first);
  return !layers.some(([other, { structure }]) => other > number && removes(structure, directory));
}

/** Whether a layer removes `directory` with everything that lower layers have in it. */
function removes({ whiteouts, opaques, obstacles }: LayerStructure, directory: string): boolean {
  const isAbove = (path: string): boolean => path === directory || path === '' || directory.startsWith(`${path}/`);
  return [whiteouts, opaques, obstacles].some((paths) => paths.some(isAbove));
}

function isThere(view: MergedView, path: string, layer: number): boolean {
  const { end } = resolve(view, path);
  return typeof end !== 'string' && end.kind === 'file' && end.layer === layer;
}
