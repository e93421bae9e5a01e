import {
  sortedTexts,
  type DetectorClient,
  type DetectorInfo,
  type Digest,
  type EcosystemSign,
  type LayerIndex,
  type LayerStructure,
  type PackageFiles,
} from '@clarion/model';
import { phars, programs } from './ecosystem-table';
import { resolve } from './resolve-path';
import type { MergedView } from './view-tree';
import { ownedByAny } from './package-files';
import type { ReadPrograms } from './read-programs';
import type { RuntimeFiles } from './runtime-files';
import { directoryOf } from './sign-counter';

/**
 * Signs of unread ecosystems are facts of a layer like the results of a detector: when the version is raised, layers
 * are read again. They need paths, and the first bytes of possible programs, so they are found while the layer is
 * walked.
 */
export const ecosystemSigns: DetectorInfo = {
  id: 'ecosystem-signs',
  kind: 'feature',
  version: 14,
  title: 'Packages of ecosystems that no detector reads, recognised by paths and first bytes',
  files: { paths: [], maxBytes: 0 },
};

const withSigns = new WeakMap<readonly DetectorInfo[], readonly DetectorInfo[]>();

/** The detectors of an installation, and the ecosystem signs: the same list for the same list of the client. */
export async function allDetectors(client: Pick<DetectorClient, 'list'>): Promise<readonly DetectorInfo[]> {
  const listed = await client.list();
  const all =
    withSigns.get(listed) ?? (listed.some(({ id }) => id === ecosystemSigns.id) ? listed : [...listed, ecosystemSigns]);
  withSigns.set(listed, all);
  return all;
}

/** The stored signs of a layer that count where the detectors `on` are used. */
export function signsOfLayer(
  { detections }: Pick<LayerIndex, 'detections'>,
  on: ReadonlySet<string>,
): readonly EcosystemSign[] {
  return detections.flatMap(({ signs = [] }) => signs).filter(({ readBy }) => readBy === undefined || !on.has(readBy));
}

/** An ecosystem in an image with packages that no detector reads. */
export interface FoundEcosystem {
  readonly id: string;
  readonly files: number;
  readonly example: string;
  readonly layer: Digest;
  readonly installedUnread?: boolean;
  readonly detectorsOff?: readonly string[];
}

/** Which files packages of the distribution own, as far as a layer shows. */
export function packageFilesOf({ detections }: LayerIndex): readonly PackageFiles[] {
  return detections.flatMap(({ packageFiles }) => packageFiles ?? []);
}

/** What decides which signs count. */
export interface SignsInUse {
  /** Ids of the detectors in use. */
  readonly on: ReadonlySet<string>;
  /** Whether packages of an ecosystem were found that are not the distribution's. */
  readonly isFound: (ecosystem: string) => boolean;
  /** Whether packages of an ecosystem were found in no other files than lock files and manifests. */
  readonly isOnlyNamed: (ecosystem: string) => boolean;
  readonly read: ReadPrograms;
  readonly ofRuntimes: RuntimeFiles;
}

/**
 * The ecosystems of an image as it is after its top layer that were not read. For a directory with more files than were
 * kept, the rest counts as long as no upper layer removes all of it.
 */
export function ecosystemsOf(
  layers: NumberedLayers,
  view: MergedView,
  { on, isFound, isOnlyNamed, read, ofRuntimes }: SignsInUse,
): readonly FoundEcosystem[] {
  const found = new Map<string, FoundEcosystem>();
  const distinct = [...new Set(layers.map(([, layer]) => layer))];
  const doubtful = distinct.some((layer) => signsOfLayer(layer, on).some((sign) => sign.unlessOwned === true));
  const owned = ownedByAny(doubtful ? distinct.flatMap(packageFilesOf) : [], view.budget);
  for (const [number, layer] of layers) {
    for (const sign of signsOfLayer(layer, on)) {
      if (sign.unlessFound === true && isFound(sign.ecosystem)) continue;
      const there = sign.paths.filter((path) => isThere(view, path, number));
      const unowned = sign.unlessOwned === true ? there.filter((path) => !owned(path)) : there;
      if (isOfRuntime(sign, number, ofRuntimes)) continue;
      const strange = unowned.filter((path) => !ofRuntimes.has(path, number));
      const { left, unkept } = notRead(sign, strange, { read, view });
      if (left.length === 0 && (unkept === 0 || !hasMore(sign, { number, layers }))) continue;
      const before = found.get(sign.ecosystem);
      found.set(sign.ecosystem, {
        id: sign.ecosystem,
        example: before?.example ?? left[0] ?? sign.paths[0] ?? '',
        layer: before?.layer ?? layer.diffId,
        files: (before?.files ?? 0) + left.length + unkept,
        ...(before?.installedUnread === true || isOnlyNamed(sign.ecosystem) || isLeftOut(sign, left, read)
          ? { installedUnread: true }
          : {}),
        ...withDetectorsOff(before, sign),
      });
    }
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function withDetectorsOff(
  before: FoundEcosystem | undefined,
  { readBy }: EcosystemSign,
): Pick<FoundEcosystem, 'detectorsOff'> {
  const ids = [...(before?.detectorsOff ?? []), ...(readBy === undefined ? [] : [readBy])];
  return ids.length === 0 ? {} : { detectorsOff: sortedTexts(ids) };
}

/**
 * Whether the detector of these files is off, or there is none for archives of PHP, and no other one found packages in
 * them: what others found in other files of the ecosystem says nothing about these.
 */
function isLeftOut(
  { ecosystem, readBy, unlessFound }: EcosystemSign,
  left: readonly string[],
  read: Pick<ReadPrograms, 'has'>,
): boolean {
  if (unlessFound === true || (readBy === undefined && ecosystem !== phars.ecosystem)) return false;
  return !left.some((path) => read.has(path));
}

/** A program counts unless packages were found in it; of those whose paths were not kept, only the number is known. */
function notRead(
  { ecosystem, files, paths }: EcosystemSign,
  there: readonly string[],
  { read, view }: { readonly read: ReadPrograms; readonly view: MergedView },
): { readonly left: readonly string[]; readonly unkept: number } {
  const unkept = files - paths.length;
  if (ecosystem !== programs.ecosystem) return { left: there, unkept };
  const readBeside = unkept === 0 ? 0 : Math.min(unkept, read.countBeside(paths));
  return { left: there.filter((path) => !isRead(view, path, read)), unkept: unkept - readBeside };
}

/** Whether packages were found in a program, by its path, its real one, or another name that it still has. */
function isRead(view: MergedView, path: string, read: ReadPrograms): boolean {
  if (read.has(path)) return true;
  const { end, path: real } = resolve(view, path);
  if (read.has(real)) return true;
  if (typeof end === 'string' || end.kind !== 'file' || !read.has(end.path)) return false;
  const other = resolve(view, end.path).end;
  return typeof other !== 'string' && other.kind === 'file' && other.layer === end.layer && other.path === end.path;
}

/** Files of one directory are counted apart from those that belong to a runtime: all are as the first one. */
function isOfRuntime({ paths, unlessOwned, scattered }: EcosystemSign, layer: number, files: RuntimeFiles): boolean {
  const [first] = paths;
  return first !== undefined && unlessOwned !== true && scattered !== true && files.has(first, layer);
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
