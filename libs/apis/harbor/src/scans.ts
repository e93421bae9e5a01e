import { setTimeout as pause } from 'node:timers/promises';
import { CallerShares } from '@clarion/connections';
import { createDeadline } from '@clarion/deadlines';
import { FairQueue, type QueueTurn } from '@clarion/fair-queue';
import { ClarionError, type Log } from '@clarion/model';
import { type ImageUseCases, PreconditionError, type ReferenceRequest } from '@clarion/use-cases';
import { messageOf, withRemedy } from './scan-failed';
import type { AcceptedRequest } from './scan-request';

/** Requests that are being submitted: fewer than one caller may look up at the same time. */
const slots = 200;
const spares = 20;
/** Far more than the connections of a registry that waits for each report; each is some kilobytes. */
const waitingAtOnce = { ofCaller: 20_000, inAll: 60_000 };
/** Failures are kept at least an hour, unless there are more than this. */
const keptMillis = 2 * 3_600_000;
const mostFailures = 10_000;

export interface ScansOptions {
  readonly images: Pick<ImageUseCases, 'submit'>;
  readonly log: Pick<Log, 'error'>;
  readonly now: () => Date;
  /** How long a scan may take from its acceptance. */
  readonly scanMillis: number;
}

/** Where a scan stands: it waits to be submitted, or that has failed. Afterwards its image has the state. */
export type ScanState = 'waiting' | { readonly failure: string };

/** Scans that this process accepted and that are not handed over to the store. */
export interface Scans {
  /** Submits the image when it is its turn. Throws `PreconditionError` `queue-full` beyond any burst of a registry. */
  accept(id: string, request: AcceptedRequest, caller: string): void;
  /** Undefined for a scan that was submitted, or accepted by another process. */
  stateOf(id: string): ScanState | undefined;
}

interface Waiting {
  readonly id: string;
  readonly request: AcceptedRequest;
  readonly caller: string;
}

/**
 * A registry waits a few seconds for the answer to a scan request, and its credentials must not be stored: so requests
 * wait here, in memory, to be looked up at the registry and submitted, in turns by caller. A full queue of layers is
 * waited for.
 */
export function createScans({ images, log, now, scanMillis }: ScansOptions): Scans {
  const waiting = new Set<string>();
  const failures = new Map<string, { readonly failure: string; readonly at: number }>();
  const shares = new CallerShares(waitingAtOnce);

  const start = (): void => {
    for (let turn = queue.take(); turn !== undefined; turn = queue.take()) void work(turn);
  };
  const queue = new FairQueue<Waiting>({ slots, spares, onLong: start });

  const work = async (turn: QueueTurn<Waiting>): Promise<void> => {
    const { id, request, caller } = turn.item;
    try {
      await submitWithin(scanMillis, turn.item, images);
    } catch (error) {
      if (!(error instanceof ClarionError) && !isTimeout(error)) log.error('A scan could not be submitted', { error });
      keep(id, failureOf(error, request));
    } finally {
      waiting.delete(id);
      shares.give(caller);
      queue.end(turn);
      start();
    }
  };

  const keep = (id: string, failure: string): void => {
    const at = now().getTime();
    failures.set(id, { failure, at });
    for (const [oldest, { at: then }] of failures) {
      if (failures.size <= mostFailures && at - then < keptMillis) break;
      failures.delete(oldest);
    }
  };

  return {
    accept(id, request, caller) {
      if (shares.take(caller) !== 'taken') {
        throw new PreconditionError('queue-full', 'Too many scans wait to be looked up', 10);
      }
      waiting.add(id);
      queue.add(caller, { id, request, caller });
      start();
    },
    stateOf(id) {
      if (waiting.has(id)) return 'waiting';
      const failed = failures.get(id);
      return failed === undefined ? undefined : { failure: failed.failure };
    },
  };
}

/** Submits it, and waits for room if too much work of its caller waits. Throws the errors of `submit`, and time-outs. */
async function submitWithin(
  scanMillis: number,
  { request, caller }: Waiting,
  images: ScansOptions['images'],
): Promise<void> {
  const { signal, clear } = createDeadline(scanMillis);
  const { reference, artifact, credentials } = request;
  const { tag } = artifact;
  const submission: ReferenceRequest = {
    kind: 'reference',
    lookUp: 'unless-known',
    ...{ reference, credentialsForOneJob: true },
    ...(tag === undefined ? {} : { tag }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  try {
    for (;;) {
      try {
        await images.submit(submission, { caller, signal });
        return;
      } catch (error) {
        if (!(error instanceof PreconditionError)) throw error;
        await pause(error.retryAfterSeconds * 1000, undefined, { signal, ref: false });
      }
    }
  } finally {
    clear();
  }
}

/** The deadline of a scan has passed. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

function failureOf(error: unknown, { isPlain }: AcceptedRequest): string {
  if (isTimeout(error)) return 'The image could not be looked up at its registry in time; scan it again';
  const message = messageOf(error);
  const unreachable = error instanceof ClarionError && error.code === 'upstream-unavailable';
  const hint = 'registry.url begins with http://, which CLARION_EGRESS_INSECURE_HOSTS must allow for its host';
  return isPlain && unreachable ? withRemedy(message, hint) : message;
}
