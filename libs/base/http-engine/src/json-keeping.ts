import { CallerShares } from '@clarion/connections';
import { HttpError } from './http-error';
import type { TakeRequests } from './rate-limit';

/** Bytes of JSON that wait to be read completely, or to be answered. */
const keptBytes = { ofCaller: 8 * 1024 ** 2, inAll: 64 * 1024 ** 2 };

/** This many bytes of JSON cost a caller as much as a request. */
const bytesOfRequest = 64 * 1024;

/** The memory that one request uses. */
export interface KeptJson {
  /** Counts more bytes before they are buffered. Throws `too-many-requests`. */
  readonly kept: (bytes: number) => void;
  /** Nothing is buffered any more. */
  readonly release: () => void;
}

/** Counts the memory that one request of a caller uses. */
export type KeepJson = (caller: string) => KeptJson;

/** Limits the JSON of callers: the amount in memory at the same time, and the amount per time. */
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
