import type { DetectRequest, WantedFile } from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';
import { encodeFileExcerpt } from './file-excerpt-codec';

/** Bytes of one chunk: 256 KiB measured fastest, and it is far below gRPC's message limit of 4 MiB. */
export const chunkBytes = 256 * 1024;

interface SentFile extends WantedFile {
  readonly wantedBy: number[];
}

/**
 * The frames of a Detect call. A file occurs once for all detectors that need it, and its chunks are views of its
 * content.
 */
export function* detectFrames(requests: readonly DetectRequest[]): Generator<detectorV1.DetectRequest> {
  yield frame({ $case: 'selection', value: { detectors: requests.map(({ detector }) => detector) } });
  for (const { path, content, excerpt, wantedBy } of distinctFiles(requests)) {
    const described = excerpt && encodeFileExcerpt(excerpt);
    yield frame({ $case: 'header', value: { path, size: BigInt(content.length), wantedBy, excerpt: described } });
    for (let at = 0; at < content.length; at += chunkBytes) {
      const length = Math.min(chunkBytes, content.length - at);
      yield frame({ $case: 'chunk', value: Buffer.from(content.buffer, content.byteOffset + at, length) });
    }
    yield frame({ $case: 'end', value: {} });
  }
}

function frame(value: NonNullable<detectorV1.DetectRequest['frame']>): detectorV1.DetectRequest {
  return { frame: value };
}

/** Files are equal if they have the same path and the same buffer: the layer reader keeps each content once. */
function distinctFiles(requests: readonly DetectRequest[]): readonly SentFile[] {
  const files: SentFile[] = [];
  const byPath = new Map<string, SentFile[]>();
  requests.forEach(({ files: selected }, index) => {
    for (const { path, content, excerpt } of selected) {
      const alike = byPath.get(path) ?? [];
      const known = alike.find(
        (file) => file.content === content && file.excerpt === excerpt && !file.wantedBy.includes(index),
      );
      if (known !== undefined) {
        known.wantedBy.push(index);
        continue;
      }
      const file = { path, content, ...(excerpt !== undefined && { excerpt }), wantedBy: [index] };
      files.push(file);
      byPath.set(path, [...alike, file]);
    }
  });
  return files;
}
