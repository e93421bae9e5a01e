import type { ContentCoding } from '@clarion/content-codings';
import type { Log, ResultStore } from '@clarion/model';

/** A report in one coding. */
export interface CodedReport {
  readonly coding: ContentCoding;
  readonly encoded: Uint8Array;
  /** Its length as it is. */
  readonly bytes: number;
}

/** Reports in the store, for the time after a restart, and for other processes: also by their tags. */
export interface StoredReports {
  /** The report of that tag, if it is there and can be read; never fails. */
  find(tag: string): Promise<CodedReport | undefined>;
  /** Whether a report may be written now: so many a second, and none for a while after a failure. Takes the turn. */
  mayKeep(): boolean;
  /** Writes a report; never fails. */
  keep(tag: string, report: CodedReport): Promise<void>;
}

export interface StoredReportsDeps {
  readonly store: Pick<ResultStore, 'result' | 'putResult'>;
  readonly log?: Log | undefined;
  /** Reports that are written in a second, at most. */
  readonly aSecond: number;
}

/** How long none is written after a failure: of a full disk, or a server that is gone. */
const pauseMillis = 60_000;
/** Codings that every version of Node reads, by the numbers that they are stored with. */
const storedCodings: readonly ContentCoding[] = ['br', 'gzip', 'deflate'];
/** Number of the coding, and the length. */
const headBytes = 5;
/** Reports that are made in this process are far smaller. */
const mostBytes = 64 * 1024 ** 2;

export function createStoredReports({ store, log, aSecond }: StoredReportsDeps): StoredReports {
  let next = 0;
  return {
    async find(tag) {
      const bytes = await store.result(nameOf(tag)).catch(() => undefined);
      return bytes && parsed(bytes);
    },
    mayKeep() {
      const now = performance.now();
      if (now < next || aSecond <= 0) return false;
      next = now + 1000 / aSecond;
      return true;
    },
    async keep(tag, report) {
      const head = Buffer.alloc(headBytes);
      const coding = storedCodings.indexOf(report.coding);
      if (coding < 0 || report.bytes > mostBytes) return;
      head.writeUInt8(coding);
      head.writeUInt32BE(report.bytes, 1);
      try {
        await store.putResult(nameOf(tag), Buffer.concat([head, report.encoded]));
      } catch (error) {
        next = performance.now() + pauseMillis;
        log?.warn('A report could not be kept in the store', { error: String(error) });
      }
    },
  };
}

function nameOf(tag: string): string {
  return `report ${tag}`;
}

function parsed(bytes: Uint8Array): CodedReport | undefined {
  if (bytes.length < headBytes) return undefined;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, headBytes);
  const [coding, length] = [storedCodings[head.readUInt8()], head.readUInt32BE(1)];
  if (coding === undefined || length > mostBytes) return undefined;
  return { coding, encoded: bytes.subarray(headBytes), bytes: length };
}
