import {
  compareText,
  type DetectedFacts,
  type LayerDetection,
  type DetectorClient,
  type DetectorInfo,
  type DetectRequest,
  type Problem,
  type WantedFile,
  workLimits,
} from '@clarion/model';
import { selectsByContent, wantedBy } from './layer-filters';
import type { LayerRecord } from './layer-record';
import type { LayerFile } from './layer-file';
import type { LinkedFiles } from './linked-files';

/**
 * Passes to each of `detectors` the files that match its filters. One without files is not called; its detection is
 * empty.
 */
export async function detectFiles(
  record: LayerRecord,
  linked: LinkedFiles,
  { client, detectors }: { readonly client: DetectorClient; readonly detectors: readonly DetectorInfo[] },
): Promise<readonly LayerDetection[]> {
  const shares = new Map(detectors.map((detector) => [detector.id, emptyShare(detector)]));
  record.files.forEach((file, path) => {
    for (const id of wantedBy(record.matcher, path)) addToShare(shares.get(id), { path, target: path }, file);
    if (record.byContent === undefined || file.opened === false) return;
    for (const id of wantedBy(record.byContent, path)) addToShare(shares.get(id), { path, target: path }, file);
  });
  linked.forEach((names, target) => {
    const file = record.files.get(target);
    names.forEach((paths, id) => {
      for (const path of paths) addToShare(shares.get(id), { path, target }, file);
    });
  });
  const request: DetectRequest[] = [...shares.values()]
    .filter(({ files }) => files.length > 0)
    .map(({ detector, files }) => ({ detector: detector.id, files }));
  const results = request.length === 0 ? [] : await client.detect(request);
  const byDetector = new Map(results.map((result) => [result.detector, result]));
  let room = workLimits.layer.facts;
  return [...shares.values()].map((share) => {
    const detection = toDetection(share, byDetector.get(share.detector.id), room);
    room -= detection.features.length + detection.namespaces.length + (detection.evidence?.length ?? 0);
    return detection;
  });
}

interface DetectorShare {
  readonly detector: DetectorInfo;
  readonly files: WantedFile[];
  /** Paths of files that match its filter by name, but from which nothing is taken. */
  readonly unselected: string[];
  readonly aliases: Map<string, string>;
  readonly problems: Problem[];
}

function emptyShare(detector: DetectorInfo): DetectorShare {
  return { detector, files: [], unselected: [], aliases: new Map(), problems: [] };
}

/** `target` is the path of the file, `path` the name under which the detector gets it. */
interface FileName {
  readonly path: string;
  readonly target: string;
}

function addToShare(share: DetectorShare | undefined, { path, target }: FileName, file: LayerFile | undefined): void {
  // A target that was not followed is reported when an image has it.
  if (share === undefined || file === undefined || file.skipped === 'unknown') return;
  if (file.unselected?.has(share.detector.id) === true) {
    if (!selectsByContent(share.detector.files)) share.unselected.push(path);
    return;
  }
  const { maxBytes, excerpt: asked } = share.detector.files;
  const taken = file.excerpts?.get(share.detector.id);
  if (taken !== undefined) {
    for (const problem of taken.problems) share.problems.push(problem);
    share.files.push({ path, content: taken.content, excerpt: taken.excerpt });
    return;
  }
  const { size, content } = file;
  if (content !== undefined && size <= maxBytes && asked === undefined) {
    share.files.push({ path, content });
    if (path !== target && !share.aliases.has(target)) share.aliases.set(target, path);
    return;
  }
  if (file.unreadable !== undefined) {
    share.problems.push(file.unreadable);
    return;
  }
  const why =
    size > maxBytes && asked === undefined
      ? `it has ${size} bytes, and ${share.detector.id} reads ${maxBytes} at most`
      : file.skipped === 'no room'
        ? 'the wanted files of its layer are too large together'
        : 'its content was not delivered';
  // A link's own path names no file of the layer, so the problem is reported for its target.
  share.problems.push({ code: 'limit-reached', path: target, message: `${target} was not read: ${why}` });
}

/** `room` is the number of facts that the layer may still have. */
function toDetection(share: DetectorShare, result: DetectedFacts | undefined, room: number): LayerDetection {
  const { detector, files, unselected, aliases, problems } = share;
  if (files.length > 0 && result === undefined) {
    problems.push({ code: 'unreadable-database', message: `Detector ${detector.id} gave no answer` });
  }
  const { features = [], namespaces = [], evidence } = result ?? {};
  const found = features.length + namespaces.length + (evidence?.length ?? 0);
  if (found > room) problems.push(tooManyFacts);
  for (const problem of result?.problems ?? []) problems.push(problem);
  // Namespaces come first: they are few, they identify the distribution, and everything else depends on them.
  const afterNamespaces = Math.max(room - namespaces.length, 0);
  const kept = features.slice(0, afterNamespaces);
  return {
    detector: detector.id,
    version: detector.version,
    files: [...files.map((file) => file.path), ...unselected].sort(),
    ...(aliases.size === 0 ? {} : { aliases: [...aliases] }),
    features: kept.sort((a, b) => compareText(a.path, b.path)),
    namespaces: namespaces.slice(0, room),
    ...(evidence === undefined ? {} : { evidence: evidence.slice(0, Math.max(afterNamespaces - kept.length, 0)) }),
    problems,
  };
}

const tooManyFacts: Problem = {
  code: 'limit-reached',
  message: `The layer has more than ${workLimits.layer.facts} packages and other facts; the rest is not taken into account`,
};
