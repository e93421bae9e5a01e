import { createHash, type Hash } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';
import type { JobMessage } from '../worker-thread';
import { HashAhead } from './hash-ahead';
import { type HashResult, messageOf, RegionHash } from './region-hash';

/** Requests to the hashing thread, for one job. */
export type HashRequest =
  | { readonly kind: 'open'; readonly algorithm: DigestAlgorithm }
  /** The first `bytes` of the buffer, which is returned. */
  | { readonly kind: 'update'; readonly buffer: ArrayBuffer; readonly bytes: number }
  | { readonly kind: 'digest' }
  | RegionRequest
  /** Digests of the image at `path` are probably asked for soon; no reply. */
  | { readonly kind: 'ahead'; readonly path: string }
  | { readonly kind: 'drop' };

/** The digest of a part of a file, which the thread reads itself. */
type RegionRequest = FileRegion & { readonly kind: 'region'; readonly algorithm: DigestAlgorithm };

/** Replies of the hashing thread; one member besides `id`. */
export interface HashReply extends JobMessage {
  /** A buffer that was hashed and may be filled again. */
  readonly buffer?: ArrayBuffer;
  /** Hexadecimal; the job is over. */
  readonly digest?: string;
  /** The job is over. */
  readonly error?: string;
}

/**
 * The work of the hashing thread: one hash per job, by its id. A region of a file is read in blocks that stay in the
 * processor's cache, and other jobs run in between. (Asynchronous reading ahead needs a third thread, which two
 * processors do not have.)
 */
export function serveHashes(port: Pick<MessagePort, 'on' | 'postMessage'>): void {
  /** Undefined: of a region, which is hashed apart. */
  const jobs = new Map<number, Hash | undefined>();
  const ahead = new HashAhead(() => jobs.size > 0);
  const end = (id: number, result: HashResult | undefined): void => {
    if (jobs.delete(id) && result !== undefined) port.postMessage({ id, ...result });
    if (jobs.size === 0) ahead.goOn();
  };
  const startRegion = (id: number, request: RegionRequest): void => {
    jobs.set(id, undefined);
    const { algorithm } = request;
    const done = (result: HashResult): void => {
      end(id, result);
    };
    if (ahead.take(request, algorithm, done)) return;
    const region = new RegionHash(request, algorithm);
    const next = (): void => {
      const result = jobs.has(id) ? region.advance() : 'dropped';
      if (result === undefined) {
        setImmediate(next);
        return;
      }
      region.close();
      if (result !== 'dropped') done(result);
    };
    next();
  };
  port.on('message', ({ id, ...request }: HashRequest & JobMessage) => {
    switch (request.kind) {
      case 'open':
        jobs.set(id, createHash(request.algorithm));
        return;
      case 'update':
        jobs.get(id)?.update(new Uint8Array(request.buffer, 0, request.bytes));
        port.postMessage({ id, buffer: request.buffer }, [request.buffer]);
        return;
      case 'digest':
        end(id, { digest: jobs.get(id)?.digest('hex') ?? '' });
        return;
      case 'region':
        try {
          startRegion(id, request);
        } catch (error) {
          end(id, { error: messageOf(error) });
        }
        return;
      case 'ahead':
        ahead.start(request.path);
        return;
      case 'drop':
        end(id, undefined);
    }
  });
}
