import type { FeedEvent } from '@clarion/feed-updating';
import type { ProgressPhase } from './progress';

/** The position of a feed update, for its progress line. */
interface Position {
  documents: number;
  index: number;
  /** Bytes and rows of the documents before this one, and of this one. */
  bytesBefore: number;
  bytes: number;
  rowsBefore: number;
  rows: number;
  /** Share of this document that is done; undefined while its size is unknown. */
  share: number | undefined;
}

/** The share of a document's time that reading takes; the rest is for comparing. */
const readingShare = 0.6;
/** An estimate from less data would fluctuate. */
const leastSeconds = 2;
const leastShare = 0.01;

export interface FeedProgress {
  handle(event: FeedEvent): void;
  /** Total of decoded bytes read. */
  bytes(): number;
}

/** Shows rows, bytes and the time left of one feed update. `now` returns milliseconds. */
export function followFeed(phase: ProgressPhase, now: () => number): FeedProgress {
  const started = now();
  const at: Position = { documents: 0, index: 0, bytesBefore: 0, bytes: 0, rowsBefore: 0, rows: 0, share: 0 };
  const show = (): void => {
    const done = shareOf(at);
    const text = `${mebibytes(at.bytesBefore + at.bytes)} MiB, ${at.rowsBefore + at.rows} rows`;
    const left = done === undefined ? undefined : timeLeft(done, (now() - started) / 1000);
    phase.report(left === undefined ? text : `${text}, ${left} left`, done);
  };
  return {
    handle(event) {
      if (event.kind === 'started') at.documents = event.documents;
      else if (event.kind === 'document.started') {
        at.index = event.index;
        startNext(at);
      } else if (event.kind === 'progress') advance(at, event);
      else return;
      show();
    },
    bytes: () => at.bytesBefore + at.bytes,
  };
}

function startNext(at: Position): void {
  at.bytesBefore += at.bytes;
  at.rowsBefore += at.rows;
  at.bytes = 0;
  at.rows = 0;
  at.share = undefined;
}

function advance(at: Position, event: Extract<FeedEvent, { kind: 'progress' }>): void {
  const { phase, bytes, advisories, received, size } = event;
  if (phase === 'comparing') {
    at.share = readingShare + (1 - readingShare) * Math.min(1, advisories / Math.max(1, at.rows));
    return;
  }
  // A patch has many documents: each starts from zero.
  if (bytes < at.bytes) startNext(at);
  at.bytes = bytes;
  at.rows = advisories;
  at.share = size === undefined || received === undefined ? undefined : (readingShare * received) / Math.max(1, size);
}

/** The share of all documents that is done; undefined where it cannot be estimated. */
function shareOf({ documents, index, share }: Position): number | undefined {
  if (documents === 0 || (documents === 1 && share === undefined)) return undefined;
  return Math.min(1, (index + Math.min(1, share ?? 0)) / documents);
}

function timeLeft(share: number, seconds: number): string | undefined {
  if (seconds < leastSeconds || share < leastShare) return undefined;
  const left = Math.ceil((seconds * (1 - share)) / share);
  return left < 60 ? `${left} s` : `${Math.floor(left / 60)} min ${left % 60} s`;
}

export function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
