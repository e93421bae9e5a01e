import { ClarionError, type DetectorInfo, fileFilterFault } from '@clarion/model';
import { detectorV1 } from '@clarion/proto';
import { decodeFileFilter, encodeFileFilter } from './file-filter-codec';

const { DETECTOR_KIND_FEATURE, DETECTOR_KIND_NAMESPACE } = detectorV1.DetectorKind;
const idPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const longestId = 64;
const largestVersion = 2 ** 31 - 1;

/** A detector in the format of `ListDetectors`. */
export function encodeDetectorInfo({ id, kind, version, title, files, lockFiles }: DetectorInfo): detectorV1.Detector {
  return {
    id,
    kind: kind === 'feature' ? DETECTOR_KIND_FEATURE : DETECTOR_KIND_NAMESPACE,
    version,
    title,
    files: encodeFileFilter(files),
    lockFiles: lockFiles === true,
  };
}

/**
 * Validates a service's description of a detector: it decides which files of every layer are read and under which key
 * facts are stored. Throws `corrupt-data`, naming the detector and the fault.
 */
export function decodeDetectorInfo(detector: detectorV1.Detector): DetectorInfo {
  const { id, version, title } = detector;
  const kind = kindOf(detector.kind);
  const files = decodeFileFilter(detector.files);
  const fault =
    (idPattern.test(id) && id.length <= longestId ? undefined : 'its id is not lower-case words joined by hyphens') ??
    (kind === undefined ? 'its kind is neither feature nor namespace' : undefined) ??
    (version >= 1 && version <= largestVersion ? undefined : 'its version is not a positive number') ??
    (files === undefined
      ? 'its file filter asks for a format or a part of files that this version of Clarion does not know'
      : fileFilterFault(files));
  if (fault !== undefined || kind === undefined || files === undefined) {
    const shown = JSON.stringify(id.slice(0, longestId));
    throw new ClarionError('corrupt-data', `The detector ${shown} cannot be used: ${fault ?? 'it is incomplete'}`, {
      remedy: 'correct what the service answers to ListDetectors; docs/own-detectors.md describes it',
    });
  }
  return { id, kind, version, title, files, ...(detector.lockFiles ? { lockFiles: true } : {}) };
}

function kindOf(kind: detectorV1.DetectorKind): DetectorInfo['kind'] | undefined {
  if (kind === DETECTOR_KIND_FEATURE) return 'feature';
  return kind === DETECTOR_KIND_NAMESPACE ? 'namespace' : undefined;
}
