import type { ExecutableExcerpt, TakenExcerpt } from '@clarion/file-formats/programs';
import { WorkerThread } from '@clarion/layer-archive';
import { type ByteSource, ClarionError, type Excerpt } from '@clarion/model';
import type { ExcerptJob, ExcerptReply, ExcerptRequest } from './excerpt-jobs';
import { program } from './excerpt.thread';

/** One thread serves all layers. */
const thread = new WorkerThread<ExcerptJob, ExcerptReply>(program, 'The excerpt thread');

/** Reading a smaller file takes less time than sending it to the thread. */
const fewestBytes = 256 * 1024;
/** The same for a search of many patterns, which is compiled while it runs: better in one thread than in two. */
const fewestSearched = 16 * 1024;
const manyPatterns = 5;
/** Milliseconds after which it is checked whether the work is still wanted. */
const checkInterval = 50;

/** An excerpt, and the most bytes of all its parts together. */
export interface WantedExcerpt {
  readonly excerpt: Excerpt;
  readonly maxBytes: number;
}

interface Options {
  readonly path: string;
  readonly check: () => void;
}

/**
 * Takes excerpts of a large program in a thread, as `takeExcerpt` does, in the order of the requests. Undefined for a
 * file or an excerpt that is not worth that. The source must stay open until the result settles.
 */
export function takeInThread(
  source: ByteSource,
  wanted: readonly WantedExcerpt[],
  options: Options,
): Promise<readonly (TakenExcerpt | undefined)[]> | undefined {
  const { stored, size } = source;
  const isSearch = wanted.some(({ excerpt }) => excerpt.kind === 'patterns' && excerpt.patterns.length >= manyPatterns);
  if (stored === undefined || size < (isSearch ? fewestSearched : fewestBytes)) return undefined;
  const requests: ExcerptRequest[] = [];
  for (const { excerpt, maxBytes } of wanted) {
    if (excerpt.kind === 'zip-members') return undefined;
    requests.push({ excerpt: textOf(excerpt), maxBytes });
  }
  return run({ ...stored, size, requests, path: options.path }, options.check);
}

const texts = new WeakMap<ExecutableExcerpt, string>();

function textOf(excerpt: ExecutableExcerpt): string {
  const text = texts.get(excerpt) ?? JSON.stringify(excerpt);
  texts.set(excerpt, text);
  return text;
}

function run(job: Omit<ExcerptJob, 'ended'>, check: () => void): Promise<readonly (TakenExcerpt | undefined)[]> {
  return new Promise((resolve, reject) => {
    const ended = new Int32Array(new SharedArrayBuffer(4));
    let unwanted: Error | undefined;
    const checkAll = (): void => {
      try {
        check();
      } catch (error) {
        unwanted = error instanceof Error ? error : new Error(String(error));
        Atomics.store(ended, 0, 1);
      }
    };
    const timer = setInterval(checkAll, checkInterval);
    const over = (act: () => void): void => {
      clearInterval(timer);
      opened.end();
      act();
    };
    const opened = thread.open({
      onMessage({ taken, error }) {
        checkAll();
        over(() => {
          if (unwanted !== undefined) reject(unwanted);
          else if (taken !== undefined) resolve(taken);
          else reject(failure(error));
        });
      },
      onFailure(error) {
        over(() => {
          reject(error);
        });
      },
    });
    opened.post({ ...job, ended });
  });
}

function failure({ code, message }: NonNullable<ExcerptReply['error']> = { code: undefined, message: '' }): Error {
  return code === undefined ? new Error(`Taking an excerpt failed: ${message}`) : new ClarionError(code, message);
}
