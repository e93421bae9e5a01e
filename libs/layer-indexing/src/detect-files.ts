import type {
  Detection,
  Detected,
  DetectorClient,
  DetectorInfo,
  DetectRequest,
  Problem,
  WantedFile,
} from '@clarion/model';
import { wantedBy } from './collect-layer';
import type { LayerFile, LayerRecord } from './layer-record';
import type { LinkedFiles } from './linked-files';

/** The outcome of running detectors over a layer. */
export interface DetectedFiles {
  readonly detections: readonly Detection[];
  /** False when a wanted file was left out because the layer's wanted files are too much together. */
  readonly complete: boolean;
}

/** Gives each of `detectors` the files it wants. One without files is not called; its detection is empty. */
export async function detectFiles(
  record: LayerRecord,
  linked: LinkedFiles,
  { client, detectors }: { readonly client: DetectorClient; readonly detectors: readonly DetectorInfo[] },
): Promise<DetectedFiles> {
  const shares = new Map(detectors.map((detector) => [detector.id, emptyShare(detector)]));
  const hand = (path: string, file: LayerFile & { readonly target?: string }): void => {
    for (const id of wantedBy(record.matcher, path)) {
      const share = shares.get(id);
      if (share !== undefined) {
        addToShare(share, path, file);
      }
    }
  };
  record.files.forEach((file, path) => {
    hand(path, file);
  });
  linked.forEach((file, path) => {
    hand(path, file);
  });
  const request: DetectRequest[] = [...shares.values()]
    .filter(({ files }) => files.length > 0)
    .map(({ detector, files }) => ({ detector: detector.id, files }));
  const results = request.length === 0 ? [] : await client.detect(request);
  const byDetector = new Map(results.map((result) => [result.detector, result]));
  return {
    detections: [...shares.values()].map((share) => toDetection(share, byDetector.get(share.detector.id))),
    complete: ![...record.files.values(), ...linked.values()].some((file) => file.skipped === 'no room'),
  };
}

interface Share {
  readonly detector: DetectorInfo;
  readonly files: WantedFile[];
  readonly problems: Problem[];
}

function emptyShare(detector: DetectorInfo): Share {
  return { detector, files: [], problems: [] };
}

function addToShare(share: Share, path: string, file: LayerFile & { readonly target?: string }): void {
  const { maxBytes } = share.detector.wants;
  const { size, content, target = path } = file;
  if (content !== undefined && size <= maxBytes) {
    share.files.push({ path, content });
    return;
  }
  const why =
    size > maxBytes
      ? `it has ${size} bytes, and ${share.detector.id} reads ${maxBytes} at most`
      : 'the wanted files of its layer are too large together';
  // A link's own path names no file of the layer, so the problem is about what it leads to.
  share.problems.push({ code: 'limit-reached', path: target, message: `${target} was not read: ${why}` });
}

function toDetection({ detector, files, problems }: Share, result: Detected | undefined): Detection {
  const silent: Problem[] =
    files.length > 0 && result === undefined
      ? [{ code: 'unreadable-database', message: `Detector ${detector.id} gave no answer` }]
      : [];
  return {
    detector: detector.id,
    version: detector.version,
    files: files.map((file) => file.path),
    features: result?.features ?? [],
    namespaces: result?.namespaces ?? [],
    ...(result?.evidence === undefined ? {} : { evidence: result.evidence }),
    problems: [...problems, ...silent, ...(result?.problems ?? [])],
  };
}
