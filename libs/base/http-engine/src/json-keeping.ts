import { CallerShares } from '@clarion/connections';
import { HttpError } from './http-error';
import type { TakeRequests } from './rate-limit';

/** Bytes of JSON that wait to be read as a whole, or to be answered. */
const keptBytes = { ofCaller: 8 * 1024 ** 2, inAll: 64 * 1024 ** 2 };

/** So many bytes of JSON cost a caller as much as a request. */
const bytesOfRequest = 64 * 1024;

/** What one request keeps. */
export interface KeptJson {
  /** Counts more bytes before they are kept. Throws `too-many-requests`. */
  readonly kept: (bytes: number) => void;
  /** Nothing is kept any more. */
  readonly release: () => void;
}

/** Counts what one request of a caller keeps. */
export type KeepJson = (caller: string) => KeptJson;

/** Bounds the JSON of callers: what is kept of it at the same time, and how much of it may come in a time. */
export function createJsonKeeping(take: TakeRequests): KeepJson {
  const shares = new CallerShares(keptBytes);
  return (caller) => {
    let total = 0;
    return {
      kept(bytes) {
        const taken = shares.take(caller, bytes);
        if (taken !== 'taken') {
          const whose = taken === 'share-used' ? 'this caller' : 'all callers';
          const headers = { connection: 'close', 'retry-after': '1' };
          throw new HttpError('too-many-requests', `The bodies of ${whose} are too large at the same time`, headers);
        }
        const paid = Math.floor(total / bytesOfRequest);
        total += bytes;
        const requests = Math.floor(total / bytesOfRequest) - paid;
        if (requests > 0) take(caller, requests);
      },
      release() {
        if (total > 0) shares.give(caller, total);
        total = 0;
      },
    };
  };
}
