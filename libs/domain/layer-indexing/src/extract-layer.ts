import { readLayer, type ReadLayerOptions, type ReadLayerResult } from '@clarion/layer-archive';
import type { LayerDetection, DetectorInfo, Digest, LayerIndex, LayerStore, LayerVisitor } from '@clarion/model';
import { collectLayer } from './collect-layer';
import { detectFiles } from './detect-files';
import { allDetectors, ecosystemSigns } from './ecosystem-signs';
import { type CollectFor, compileLayerFilters } from './layer-filters';
import { knownLayer, rehashedLayer, rememberFile } from './known-layer';
import { dropContents, type LayerRecord, problemsOf, structureOf } from './layer-record';
import { type LinkedFiles, settleLinks, type SettledLinks } from './linked-files';
import { mergeIndexes } from './merge-indexes';
import { referencedFiles } from './referenced-files';
import type { ExtractLayerDeps, LayerWork } from './layer-work';
import type { EvidenceFile } from './listed-digests';

/** A target that is itself a hard link costs another reading; real tools write hard links to regular files. */
const maxReadings = 4;

/** A layer's facts, which are stored. */
export interface ExtractedLayer {
  readonly layer: LayerIndex;
  /** False when it was known and was not opened. */
  readonly read: boolean;
}

/**
 * Reads one layer for the detectors whose results are not stored yet, and stores its facts under the diffID computed
 * from its bytes. A known layer is not opened. Throws `ClarionError` (limits, corrupt data, a digest that differs
 * from the declared one) and stores nothing then.
 */
export async function extractLayer(work: LayerWork, deps: ExtractLayerDeps): Promise<ExtractedLayer> {
  const detectors = await allDetectors(deps.detectors);
  const known = (await knownLayer(work, detectors, deps.layers)) ?? (await rehashedLayer(work, detectors, deps));
  if (known !== undefined) return { layer: known, read: false };
  return { layer: await readAndStore(work, detectors, deps), read: true };
}

async function readAndStore(
  work: LayerWork,
  detectors: readonly DetectorInfo[],
  deps: ExtractLayerDeps,
): Promise<LayerIndex> {
  const { fresh, result, remembered } = await readFacts(work, detectors, deps);
  const layer = mergeIndexes(await deps.layers.layer(result.diffId, detectors), fresh);
  if (remembered) {
    await deps.layers.putLayer(layer);
    await rememberFile(result, deps.layers);
  }
  return layer;
}

interface FreshFacts extends Pick<LayerReading, 'result' | 'remembered'> {
  readonly fresh: LayerIndex;
}

/** Reads the layer. What was recorded of it is gone with this call: storing the facts takes memory, too. */
async function readFacts(
  work: LayerWork,
  detectors: readonly DetectorInfo[],
  deps: ExtractLayerDeps,
): Promise<FreshFacts> {
  const { diffId } = work.descriptor;
  const missing = await missingDetectors(diffId, detectors, deps.layers);
  // Whose files the signs are is decided by what all detectors read.
  const read = missing.some(({ id }) => id === ecosystemSigns.id) ? detectors : missing;
  const collectFor = { ...compileLayerFilters(detectors), missing: new Set(read.map(({ id }) => id)) };
  const { record, linked, result, remembered, early } = await readOnce(work, { collectFor, detectors: missing }, deps);
  // Without a declared diffID, only now is it known which detectors have seen this layer before.
  const asked = diffId === undefined ? await missingDetectors(result.diffId, missing, deps.layers) : missing;
  const detections = await (early ?? detectFiles(record, linked, { client: deps.detectors, detectors: asked }));
  const fresh: LayerIndex = {
    diffId: result.diffId,
    blobs: result.blob === undefined ? [] : [result.blob],
    size: result.size,
    entries: result.entries,
    structure: structureOf(record),
    detections: await withSigns(detections, record, linked),
    problems: [...result.problems, ...problemsOf(record)],
  };
  return { fresh, result, remembered };
}

/** Adds the signs found while the layer was walked, if they were requested. */
async function withSigns(
  detections: readonly LayerDetection[],
  record: LayerRecord,
  linked: LinkedFiles,
): Promise<readonly LayerDetection[]> {
  if (!detections.some(({ detector }) => detector === ecosystemSigns.id)) return detections;
  const { own, stored } = await record.packageFiles.finish(evidenceFiles(record, linked));
  const signs = record.signs.signs(own);
  const facts = {
    ...(signs.length > 0 ? { signs } : {}),
    ...(Object.keys(stored).length > 0 ? { packageFiles: stored } : {}),
  };
  return detections.map((one) => (one.detector === ecosystemSigns.id ? { ...one, ...facts } : one));
}

/** The files that detectors were given, with all their names in the layer. */
function* evidenceFiles({ files, hardlinks, symlinks }: LayerRecord, linked: LinkedFiles): Generator<EvidenceFile> {
  const others = new Map<string, string[]>();
  for (const [path, name] of hardlinks) {
    const known = others.get(name);
    if (known === undefined) others.set(name, [path]);
    else known.push(path);
  }
  for (const [path, { content, digests }] of files) {
    const links = [...(linked.get(path)?.values() ?? [])].flat();
    const targetOf = (link: string): string | undefined => symlinks.get(link);
    yield { paths: [path, ...(others.get(path) ?? [])], links, targetOf, content, digests };
  }
}

async function missingDetectors(
  diffId: Digest | undefined,
  detectors: readonly DetectorInfo[],
  layers: Pick<LayerStore, 'missing'>,
): Promise<readonly DetectorInfo[]> {
  if (diffId === undefined) {
    return detectors;
  }
  const missing = new Set((await layers.missing(diffId, detectors)).map(({ id }) => id));
  return detectors.filter(({ id }) => missing.has(id));
}

interface LayerReading {
  readonly record: LayerRecord;
  readonly linked: LinkedFiles;
  readonly result: ReadLayerResult;
  /** The results of detectors, if they could run while the digests were computed. */
  readonly early: Promise<readonly LayerDetection[]> | undefined;
  /** A directory has no bytes to recognise it by. */
  readonly remembered: boolean;
}

interface ReadRequest {
  readonly collectFor: CollectFor;
  readonly detectors: readonly DetectorInfo[];
}

async function readOnce(
  work: LayerWork,
  { collectFor, detectors }: ReadRequest,
  deps: ExtractLayerDeps,
): Promise<LayerReading> {
  let { visitor, record } = collectLayer(collectFor);
  let links: SettledLinks = { linked: new Map(), unread: new Map() };
  let early: Promise<readonly LayerDetection[]> | undefined;
  const tracked = new Map<string, number>();
  const referenced = new Map<string, number>();
  const settle = (): void => {
    links = settleLinks(record, collectFor, tracked);
    const others = referencedFiles(record, links.linked, { detectors, asked: referenced });
    for (const [path, largest] of links.unread) tracked.set(path, largest);
    for (const [path, largest] of others.unread) referenced.set(path, largest);
    links = { linked: others.linked, unread: new Map([...others.unread, ...links.unread]) };
  };
  const onVisited = (): void => {
    settle();
    if (links.unread.size > 0 || work.descriptor.diffId === undefined) return;
    early = detectFiles(record, links.linked, { client: deps.detectors, detectors });
    // If the layer is rejected meanwhile, this result is not used.
    early.catch(() => undefined);
  };
  const content = await work.open(deps.signal);
  const result = await readLayer(content, visitor, { ...readOptions(work, deps), onVisited });
  for (let readings = 1; readings < maxReadings && links.unread.size > 0; readings += 1) {
    // The target of a hard link depends on the order of entries, so the whole layer is recorded again, with more
    // names.
    dropContents(record);
    ({ visitor, record } = collectLayer(collectFor, { tracked: new Map([...referenced, ...tracked]) }));
    await readAgain(work, visitor, { deps, first: result });
    settle();
  }
  return { record, linked: links.linked, result, early, remembered: content.kind !== 'walk' };
}

async function readAgain(
  work: LayerWork,
  visitor: LayerVisitor,
  { deps, first }: { readonly deps: ExtractLayerDeps; readonly first: ReadLayerResult },
): Promise<void> {
  const content = await work.open(deps.signal);
  const { limits, signal } = deps;
  await readLayer(content, visitor, {
    label: work.label,
    ...(content.kind !== 'walk' && { expected: { diffId: first.diffId } }),
    ...(limits !== undefined && { limits }),
    ...(signal !== undefined && { signal }),
  });
}

function readOptions({ descriptor, label }: LayerWork, deps: ExtractLayerDeps): ReadLayerOptions {
  const { diffId, digest } = descriptor;
  const { limits, signal, onProgress } = deps;
  return {
    label,
    expected: { ...(digest !== undefined && { blob: digest }), ...(diffId !== undefined && { diffId }) },
    ...(limits !== undefined && { limits }),
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
  };
}
