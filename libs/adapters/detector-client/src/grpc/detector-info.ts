import { ClarionError, type DetectorInfo } from '@clarion/model';
import { detectorV1 } from '@clarion/proto';

const { DETECTOR_KIND_FEATURE, DETECTOR_KIND_NAMESPACE } = detectorV1.DetectorKind;
const idPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const longestId = 64;
const mostGlobs = 4096;
const largestVersion = 2 ** 31 - 1;

/** A detector in the format of `ListDetectors`. */
export function encodeDetectorInfo({ id, kind, version, title, files }: DetectorInfo): detectorV1.Detector {
  return {
    id,
    kind: kind === 'feature' ? DETECTOR_KIND_FEATURE : DETECTOR_KIND_NAMESPACE,
    version,
    title,
    wants: { paths: [...files.paths], maxBytes: BigInt(files.maxBytes), byPath: files.byPath ?? false },
  };
}

/**
 * Validates a service's description of a detector: it decides which files of every layer are read and under which key
 * facts are stored. Throws `corrupt-data`, naming the detector and the fault.
 */
export function decodeDetectorInfo(detector: detectorV1.Detector): DetectorInfo {
  const { id, version, title, wants } = detector;
  const kind = kindOf(detector.kind);
  const paths = wants?.paths ?? [];
  const maxBytes = Number(wants?.maxBytes ?? 0n);
  const fault =
    (idPattern.test(id) && id.length <= longestId ? undefined : 'its id is not lower-case words joined by hyphens') ??
    (kind === undefined ? 'its kind is neither feature nor namespace' : undefined) ??
    (version >= 1 && version <= largestVersion ? undefined : 'its version is not a positive number') ??
    (paths.length > 0 && paths.length <= mostGlobs ? undefined : `it wants no paths, or more than ${mostGlobs}`) ??
    (maxBytes > 0 && Number.isSafeInteger(maxBytes) ? undefined : 'its largest file has no sensible size');
  if (fault !== undefined || kind === undefined) {
    const shown = JSON.stringify(id.slice(0, longestId));
    throw new ClarionError('corrupt-data', `The detector ${shown} cannot be used: ${fault ?? 'it is incomplete'}`);
  }
  const byPath = wants?.byPath ?? false;
  return { id, kind, version, title, files: { paths, maxBytes, ...(byPath && { byPath }) } };
}

function kindOf(kind: detectorV1.DetectorKind): DetectorInfo['kind'] | undefined {
  if (kind === DETECTOR_KIND_FEATURE) return 'feature';
  return kind === DETECTOR_KIND_NAMESPACE ? 'namespace' : undefined;
}
