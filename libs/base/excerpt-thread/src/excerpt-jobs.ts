import { readSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { type ByteSource, ClarionError } from '@clarion/model';
import { type ExecutableExcerpt, type TakenExcerpt, takeFromExecutable } from '@clarion/file-formats/programs';

/** One excerpt of a file. */
export interface ExcerptRequest {
  /** An `ExecutableExcerpt` in JSON: the thread prepares each text once. */
  readonly excerpt: string;
  readonly maxBytes: number;
}

/** A request to the excerpt thread: several excerpts of one file, a part of an open one. */
export interface ExcerptJob {
  readonly descriptor: number;
  readonly offset: number;
  readonly size: number;
  /** Names the file in problems. */
  readonly path: string;
  readonly requests: readonly ExcerptRequest[];
  /** Another value than 0 ends the work. */
  readonly ended: Int32Array<SharedArrayBuffer>;
}

/** The reply: for each request what `takeExcerpt` returns, or an error of all. */
export interface ExcerptReply {
  readonly id: number;
  readonly taken?: readonly (TakenExcerpt | undefined)[];
  readonly error?: { readonly code: ClarionError['code'] | undefined; readonly message: string };
}

const mostPrepared = 64;

/** The work of the excerpt thread. */
export function serveExcerpts(port: Pick<MessagePort, 'on' | 'postMessage'>): void {
  const prepared = new Map<string, ExecutableExcerpt>();
  const excerptOf = (text: string): ExecutableExcerpt => {
    // The same object for the same text: tables of searches are kept by it.
    const excerpt = prepared.get(text) ?? (JSON.parse(text) as ExecutableExcerpt);
    if (prepared.size >= mostPrepared) prepared.clear();
    prepared.set(text, excerpt);
    return excerpt;
  };
  port.on('message', ({ id, ...job }: ExcerptJob & { readonly id: number }) => {
    try {
      const source = storedSource(job);
      const { path } = job;
      const check = (): void => {
        if (Atomics.load(job.ended, 0) !== 0) throw new Error('The work was ended');
      };
      const taken = job.requests.map(({ excerpt, maxBytes }) =>
        unpooled(takeFromExecutable(source, excerptOf(excerpt), { path, maxBytes, check })),
      );
      const buffers = taken.flatMap((one) => (one === undefined ? [] : [one.content.buffer as ArrayBuffer]));
      port.postMessage({ id, taken } satisfies ExcerptReply, buffers);
    } catch (error) {
      port.postMessage({ id, error: described(error) } satisfies ExcerptReply);
    }
  });
}

/** Most reads are pieces of this size at most; memory of its own for each of them would have to be collected. */
const reused = Buffer.allocUnsafeSlow(1.5 * 1024 * 1024);

function storedSource({ descriptor, offset, size }: Pick<ExcerptJob, 'descriptor' | 'offset' | 'size'>): ByteSource {
  return {
    size,
    read(at, length) {
      const wanted = Math.max(Math.min(length, size - at), 0);
      const bytes = wanted > reused.length ? Buffer.allocUnsafe(wanted) : reused.subarray(0, wanted);
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + at + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
  };
}

/** With bytes in a buffer of their own, which can be transferred. */
function unpooled(taken: TakenExcerpt | undefined): TakenExcerpt | undefined {
  const content = taken?.content;
  if (content === undefined || content.length === content.buffer.byteLength) return taken;
  return taken && { ...taken, content: Uint8Array.from(content) };
}

function described(error: unknown): NonNullable<ExcerptReply['error']> {
  const code = error instanceof ClarionError ? error.code : undefined;
  return { code, message: error instanceof Error ? error.message : String(error) };
}
