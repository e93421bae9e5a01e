import { ProcessEnded, type ProcessPool } from '@clarion/child-processes';
import { CallerShares, type ShareLimits } from '@clarion/connections';
import { ClarionError, type Digest, type Log } from '@clarion/model';
import type { HistoryPart } from './history/part-types';
import { PreconditionError } from './precondition-error';
import type { RenderOptions, ReportFile } from './report-file';

/** Lists about an image: a page of its packages, or its layers. */
export type ListPart =
  { readonly packages: { readonly from: number; readonly limit: number } } | { readonly layers: true };

/** A request for content made from the facts of an image. */
export interface ReportRequest {
  readonly digest: Digest;
  /** A report in a format, now or as of a time (RFC 3339); a list, or what is known of the past, as JSON. */
  readonly part:
    { readonly format: string; readonly showSuppressed?: true; readonly at?: string } | ListPart | HistoryPart;
}

/** A job for a separate process (`reportContent`). */
export interface ReportJob extends ReportRequest {
  readonly kind: 'report';
  /** An existing file that both processes can open. */
  readonly path: string;
}

/** Renders a report into a file. Throws `PreconditionError` `queue-full` at the limit. */
export type RenderElsewhere = (report: ReportRequest, options: RenderOptions) => Promise<ReportFile>;

/** A temporary file that other processes can open by its path. */
export interface EmptyFile extends Omit<ReportFile, 'bytes'> {
  readonly path: string;
  /** The number of bytes so far. */
  readonly bytes: () => Promise<number>;
}

export interface IsolatedReportsDeps {
  /** Limits concurrent jobs. */
  readonly pool: Pick<ProcessPool<ReportJob, never>, 'run'>;
  readonly emptyFile: () => Promise<EmptyFile>;
  readonly log: Log;
  /** Reports that are queued, being written, or being sent to possibly slow callers. */
  readonly limits?: ShareLimits;
}

/** The shares are files, not memory: a slow caller keeps one until it is cut off. */
const defaultLimits: ShareLimits = { ofCaller: 3, inAll: 8 };
const askAgainSeconds = 10;

/**
 * Reports of large images, in processes that may be killed: matching and rendering takes seconds and hundreds of
 * megabytes. They write into a file, so that a slow reader keeps no process busy.
 */
export function isolatedReports({
  pool,
  emptyFile,
  log,
  limits = defaultLimits,
}: IsolatedReportsDeps): RenderElsewhere {
  const shares = new CallerShares(limits);
  return async (report, { caller = '', signal = new AbortController().signal }) => {
    if (shares.take(caller) !== 'taken') {
      throw new PreconditionError(
        'queue-full',
        'Too many reports of large images are being made or read',
        askAgainSeconds,
      );
    }
    let file: Awaited<ReturnType<typeof emptyFile>> | undefined;
    const close = once(async () => {
      shares.give(caller);
      await file?.close();
    });
    try {
      file = await emptyFile();
      const { path } = file;
      const writing = pool.run({ kind: 'report', ...report, path }, { caller, signal });
      await writing.next();
      const { content } = file;
      return { bytes: await file.bytes(), content, close };
    } catch (error) {
      await close();
      throw error instanceof ProcessEnded ? ended(error, log) : error;
    }
  };
}

function ended(error: ProcessEnded, log: Log): ClarionError {
  const { reason, stopped } = error;
  if (!stopped) log.warn('A process that was writing a report is gone', { reason });
  const code = stopped ? 'upstream-unavailable' : 'limit-exceeded';
  return new ClarionError(code, `Writing the report ${reason}`, { cause: error });
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}
