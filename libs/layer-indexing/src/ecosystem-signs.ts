import { compileWants } from '@clarion/layer-archive';
import type { DetectorClient, DetectorInfo, Digest, EcosystemSign, LayerEntry, LayerIndex } from '@clarion/model';
import { ecosystems, programs } from './ecosystem-table';
import { type MergedView, resolve, splitPath } from './merged-view';

/**
 * What is recognised and not read is a fact of a layer like the results of a detector: raise the version, and layers are
 * looked at again. It needs no file's content, so it is found while the layer is walked.
 */
export const ecosystemSigns: DetectorInfo = {
  id: 'ecosystem-signs',
  kind: 'feature',
  version: 1,
  title: 'Packages of ecosystems that no detector reads, recognised by their paths',
  wants: { paths: [], maxBytes: 0 },
};

/** The detectors of an installation, and what is found beside them. */
export async function allDetectors(client: Pick<DetectorClient, 'list'>): Promise<readonly DetectorInfo[]> {
  const listed = await client.list();
  return listed.some(({ id }) => id === ecosystemSigns.id) ? listed : [...listed, ecosystemSigns];
}

const signs = compileWants(ecosystems.map(({ id, paths }) => ({ id, wants: { paths, maxBytes: 0 } })));
const anywhere = compileWants(
  ecosystems.map(({ id, everywhere = [] }) => ({ id, wants: { paths: everywhere, maxBytes: 0 } })),
);

/**
 * Directories that the distribution's packages fill (the Filesystem Hierarchy Standard leaves `/usr/local` and `/opt` to others).
 * What is in there is the distribution's, whose advisories speak about it.
 */
function isOfDistribution(path: string): boolean {
  if (path.startsWith('usr/')) return !path.startsWith('usr/local/');
  return /^(?:s?bin|lib(?:32|64|x32)?|etc|boot|var\/(?:lib\/(?:dpkg|apk|rpm|pacman)|cache))\//.test(path);
}

/** npm and corepack come with Node's own packages. */
const withNode = /^usr\/lib\/node_modules\/(?:npm|corepack)\//;
/** The runtime's own archive of the Java Development Kit is no package of Maven. */
const runtimeArchive = '/jrt-fs.jar';

/** Smaller programs are scripts, and what build tools leave. Go's smallest has more. */
const smallestProgram = 1024 * 1024;
const libraryName = /\.(?:so(?:\.[0-9.]+)?|node|dll|a|jar|war|ear|pyd)$/;
const insidePackage = /(?:^|\/)(?:node_modules|(?:site|dist)-packages|gems)\//;

/** The ecosystem that an entry is a sign of; undefined for nearly all. */
export function ecosystemOf({ path, type, size, mode }: LayerEntry): string | undefined {
  if (type !== 'file' && type !== 'hardlink') return undefined;
  if (isOfDistribution(path)) {
    if (!path.startsWith('usr/lib')) return undefined;
    const [id] = anywhere.match(path);
    return id !== undefined && !withNode.test(path) ? id : undefined;
  }
  const [id] = signs.match(path);
  if (id !== undefined) return path.endsWith(runtimeArchive) ? undefined : id;
  const isProgram = (mode & 0o111) !== 0 && size >= smallestProgram;
  return isProgram && !libraryName.test(path) && !insidePackage.test(path) ? programs : undefined;
}

/** The directory that packages of one installation are in. */
function placeOf(path: string): string {
  const modules = path.indexOf('node_modules/');
  if (modules >= 0) return path.slice(0, modules + 'node_modules'.length);
  const [directory, name] = splitPath(path);
  return /\.(?:dist|egg)-info$/.test(directory) && name !== '' ? splitPath(directory)[0] : directory;
}

/** Of one place the first paths are kept, and of one ecosystem the first places: hostile layers have millions. */
const mostPaths = 10;
const mostPlaces = 50;

interface Place {
  files: number;
  readonly paths: string[];
}

/** Signs of one layer while it is walked, in bounded memory. */
export class SignCollector {
  private readonly found = new Map<string, Map<string, Place>>();

  add(entry: LayerEntry): void {
    const id = ecosystemOf(entry);
    if (id === undefined) return;
    const places = this.found.get(id) ?? new Map<string, Place>();
    this.found.set(id, places);
    const where = placeOf(entry.path);
    // Further places are one, of which nothing tells that it is gone.
    const key = places.has(where) || places.size < mostPlaces ? where : '';
    const place = places.get(key) ?? { files: 0, paths: [] };
    places.set(key, place);
    place.files += 1;
    if (place.paths.length < mostPaths && !place.paths.includes(entry.path)) place.paths.push(entry.path);
  }

  signs(): readonly EcosystemSign[] {
    return [...this.found].flatMap(([ecosystem, places]) =>
      [...places].map(([place, { files, paths }]): EcosystemSign => {
        const scattered = place === '' && places.size > mostPlaces;
        return { ecosystem, files, paths: paths.sort(), ...(scattered ? { scattered } : {}) };
      }),
    );
  }
}

/** The signs that are stored of a layer. */
export function signsOfLayer({ detections }: Pick<LayerIndex, 'detections'>): readonly EcosystemSign[] {
  return detections.flatMap((detection) => detection.signs ?? []);
}

/** An ecosystem whose packages are in an image, and that no detector reads. */
export interface FoundEcosystem {
  readonly id: string;
  readonly files: number;
  readonly example: string;
  readonly layer: Digest;
}

/**
 * The ecosystems of an image as it is after its top layer. Of a place with more files than were kept, the rest counts as long as
 * one of those that were kept is there.
 */
export function ecosystemsOf(layers: readonly LayerIndex[], view: MergedView): readonly FoundEcosystem[] {
  const found = new Map<string, FoundEcosystem>();
  for (const [number, layer] of layers.entries()) {
    for (const sign of signsOfLayer(layer)) {
      const left = sign.paths.filter((path) => isThere(view, path, number));
      const gone = sign.paths.length - left.length;
      if (left.length === 0 && sign.scattered !== true) continue;
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

function isThere(view: MergedView, path: string, layer: number): boolean {
  const { end } = resolve(view, path);
  return typeof end !== 'string' && end.kind === 'file' && end.layer === layer;
}
