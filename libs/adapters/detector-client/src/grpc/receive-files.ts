import { ClarionError, type DetectRequest, type FileExcerpt, type WantedFile } from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';
import { decodeFileExcerpt } from './file-excerpt-codec';

/** What one Detect call may bring. */
export interface StreamLimits {
  /** Sum of the contents. */
  readonly bytes: number;
  readonly files: number;
  /** Parts of excerpts, of all files together. */
  readonly parts: number;
  readonly detectors: number;
  /** Bytes of one path. */
  readonly pathBytes: number;
}

export const defaultStreamLimits: StreamLimits = {
  // Layers are read with at most 512 MiB of requested files; a file with several names counts for each of them.
  bytes: 1024 ** 3,
  files: 500_000,
  parts: 1_000_000,
  detectors: 1000,
  pathBytes: 16 * 1024,
};

/** What arrived in one Detect call. */
export interface ReceivedFiles {
  /** One a selected detector, in the order of the selection. */
  readonly requests: readonly DetectRequest[];
  readonly files: number;
  readonly bytes: number;
}

interface OpenFile {
  readonly file: WantedFile & { readonly content: Buffer };
  readonly wantedBy: readonly number[];
  filled: number;
}

/**
 * Assembles the frames of a Detect call. Only the contents use memory; nothing is allocated for bytes beyond the
 * limits. Throws `invalid-input` for frames out of order, `limit-exceeded`.
 */
export async function receiveFiles(
  frames: AsyncIterable<detectorV1.DetectRequest>,
  limits: StreamLimits = defaultStreamLimits,
): Promise<ReceivedFiles> {
  const receiver = new Receiver(limits);
  for await (const { frame } of frames) receiver.take(frame);
  return receiver.finish();
}

class Receiver {
  private readonly limits: StreamLimits;
  private requests: { readonly detector: string; readonly files: WantedFile[] }[] | undefined;
  private open: OpenFile | undefined;
  private files = 0;
  private parts = 0;
  private bytes = 0;

  constructor(limits: StreamLimits) {
    this.limits = limits;
  }

  take(frame: detectorV1.DetectRequest['frame']): void {
    switch (frame?.$case) {
      case 'selection':
        this.select(frame.value.detectors);
        return;
      case 'header':
        this.begin(frame.value);
        return;
      case 'chunk':
        this.fill(frame.value);
        return;
      case 'end':
        this.end();
        return;
      case undefined:
        throw new ClarionError('invalid-input', 'A frame of the stream is empty or of an unknown kind');
    }
  }

  finish(): ReceivedFiles {
    if (this.requests === undefined) throw new ClarionError('invalid-input', 'The stream selects no detectors');
    if (this.open !== undefined) throw new ClarionError('invalid-input', 'The stream ends within a file');
    return { requests: this.requests, files: this.files, bytes: this.bytes };
  }

  private select(detectors: readonly string[]): void {
    if (this.requests !== undefined) throw new ClarionError('invalid-input', 'The stream selects detectors twice');
    this.limit(detectors.length, 'detectors');
    this.requests = detectors.map((detector) => ({ detector, files: [] }));
  }

  private begin({ path, size, wantedBy, excerpt }: detectorV1.FileHeader): void {
    if (this.requests === undefined || this.open !== undefined) {
      throw new ClarionError('invalid-input', 'A file begins before detectors are selected or within another file');
    }
    if (wantedBy.length === 0 || wantedBy.some((index) => this.requests?.[index] === undefined)) {
      throw new ClarionError('invalid-input', 'A file is wanted by no selected detector');
    }
    this.files += 1;
    this.bytes += Number(size);
    this.limit(this.files, 'files');
    this.limit(this.bytes, 'bytes');
    this.limit(Buffer.byteLength(path), 'pathBytes');
    const part = excerpt === undefined ? {} : { excerpt: this.excerptOf(excerpt, Number(size)) };
    const file = { path, content: Buffer.allocUnsafeSlow(Number(size)), ...part };
    this.open = { file, wantedBy: [...new Set(wantedBy)], filled: 0 };
  }

  private excerptOf(excerpt: detectorV1.FileExcerpt, size: number): FileExcerpt {
    this.parts += excerpt.parts.length + excerpt.archives.length;
    this.limit(this.parts, 'parts');
    const decoded = decodeFileExcerpt(excerpt, size);
    if (decoded !== undefined) return decoded;
    throw new ClarionError('invalid-input', 'The parts of an excerpt do not have the size of its header');
  }

  private fill(chunk: Buffer): void {
    const { open } = this;
    if (open === undefined) throw new ClarionError('invalid-input', 'A chunk belongs to no file');
    if (chunk.length > open.file.content.length - open.filled) {
      throw new ClarionError('invalid-input', 'A file has more bytes than its header says');
    }
    chunk.copy(open.file.content, open.filled);
    open.filled += chunk.length;
  }

  private end(): void {
    const { open } = this;
    if (open === undefined) throw new ClarionError('invalid-input', 'A file ends that has not begun');
    if (open.filled < open.file.content.length) {
      throw new ClarionError('invalid-input', 'A file has fewer bytes than its header says');
    }
    for (const index of open.wantedBy) this.requests?.[index]?.files.push(open.file);
    this.open = undefined;
  }

  private limit(value: number, which: keyof StreamLimits): void {
    const most = this.limits[which];
    if (value <= most) return;
    throw new ClarionError('limit-exceeded', `The stream has more than ${most} ${unitOf[which]}`);
  }
}

const unitOf: Readonly<Record<keyof StreamLimits, string>> = {
  bytes: 'bytes of files',
  files: 'files',
  parts: 'parts of files',
  detectors: 'detectors',
  pathBytes: 'bytes in one path',
};
