import { CallerShares } from '@clarion/connections';
import type { WorkBacklog, Bus, Image, BusMessage, StoredImage } from '@clarion/model';
import type { UseCaseContext } from './context';
import { PreconditionError } from './precondition-error';
import type { SubmittedImage } from './use-cases';

/** Numbers of the layers that have to be read: only the first of those with equal content. */
export function distinctLayers({ layers }: Image): readonly number[] {
  const seen = new Set<string>();
  return layers.flatMap(({ diffId, digest }, number) => {
    const key = `${diffId ?? ''} ${digest ?? ''}`;
    if (key !== ' ' && seen.has(key)) return [];
    seen.add(key);
    return [number];
  });
}

/**
 * Publishes the work for a stored submission, for the callers who wait for it. Publishing it twice only costs a look
 * at each layer.
 */
export async function publishLayers(
  { manifestDigest, image, submission }: SubmittedImage,
  callers: readonly (string | undefined)[],
  bus: Bus,
): Promise<void> {
  const layers = distinctLayers(image);
  const messages = callers.flatMap((caller) =>
    layers.map((layer): BusMessage => ({
      event: { kind: 'work.layer', image: manifestDigest, submission: submission.id, layer },
      ...(caller === undefined ? {} : { caller }),
    })),
  );
  if (messages.length > 0) await bus.publish(messages);
}

const refusedSeconds = 10;
/** The number of callers that may have their whole share waiting at the same time. */
const wholeShares = 10;

/**
 * Reserves room for waiting layers of a caller until the returned function is called. Throws `PreconditionError`
 * `queue-full`.
 */
export type TakeRoom = (caller: string | undefined, layers: number) => Promise<() => void>;

/**
 * Rejects submissions of a caller with too many waiting layers, independent of other callers: no caller can take all
 * the room. The bus reports what waits, as that outlives this process; work on its way there is counted here.
 */
export function createLayerRoom({ bus, limits: { waitingLayers } }: Pick<UseCaseContext, 'bus' | 'limits'>): TakeRoom {
  const onTheWay = new CallerShares({ ofCaller: waitingLayers, inAll: wholeShares * waitingLayers });
  return async (asking, layers) => {
    const waiting = await bus.backlog('work.layer', asking);
    const caller = asking ?? '';
    // An image with more layers than a share is accepted when nothing else of its caller waits.
    const taken = Math.min(layers, waitingLayers);
    const result = onTheWay.take(caller, taken, waiting);
    if (result !== 'taken') throw full(result, waiting);
    return () => {
      onTheWay.give(caller, taken);
    };
  };
}

function full(result: 'share-used' | 'all-used', { ofCaller, inAll }: WorkBacklog): PreconditionError {
  const message =
    result === 'share-used'
      ? `Of what you have submitted, ${ofCaller} layers wait to be read: no more of one caller may wait`
      : `${inAll} layers of all callers wait to be read: no more may wait`;
  return new PreconditionError('queue-full', message, refusedSeconds);
}

/** Whether two records claim the same layers; an image without digests claims none. */
export function sameLayers(a: StoredImage['image'], b: StoredImage['image']): boolean {
  if (a.layers.length !== b.layers.length) return false;
  return a.layers.every(({ digest, diffId }, number) => {
    const other = b.layers[number];
    if (digest !== undefined && other?.digest !== undefined) return digest === other.digest;
    return diffId !== undefined && diffId === other?.diffId;
  });
}
