import { CallerShares } from '@clarion/connections';
import type { Backlog, Bus, Image, Message, StoredImage } from '@clarion/model';
import type { Context } from './context';
import { PreconditionError } from './precondition-error';
import type { SubmittedImage } from './use-cases';

/** Numbers of the layers that have to be looked at: of those with the same content only the first. */
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
 * Puts the work for a stored submission on the bus, for callers who wait for it. Doing it again costs a look at each layer
 * and nothing more.
 */
export async function publishLayers(
  { manifestDigest, image, submission }: SubmittedImage,
  callers: readonly (string | undefined)[],
  bus: Bus,
): Promise<void> {
  const layers = distinctLayers(image);
  const messages = callers.flatMap((caller) =>
    layers.map((layer): Message => ({
      event: { kind: 'work.layer', image: manifestDigest, submission: submission.id, layer },
      ...(caller === undefined ? {} : { caller }),
    })),
  );
  if (messages.length > 0) await bus.publish(messages);
}

const refusedSeconds = 10;
/** So many callers may have their whole share waiting at the same time. */
const wholeShares = 10;

/** Room for layers of a caller among those that wait, until what is returned is called. Throws `PreconditionError` `queue-full`. */
export type TakeRoom = (caller: string | undefined, layers: number) => Promise<() => void>;

/**
 * Refuses submissions of a caller for whom too many layers wait, whatever others have: no caller can take the room of all. What
 * waits is asked of the bus, as it outlives this process; what is on its way there is counted here.
 */
export function createLayerRoom({ bus, limits: { waitingLayers } }: Pick<Context, 'bus' | 'limits'>): TakeRoom {
  const onTheWay = new CallerShares({ ofCaller: waitingLayers, inAll: wholeShares * waitingLayers });
  return async (asking, layers) => {
    const waiting = await bus.backlog('work.layer', asking);
    const caller = asking ?? '';
    // An image with more layers than a share is taken when nothing else of its caller waits.
    const taken = Math.min(layers, waitingLayers);
    const outcome = onTheWay.take(caller, taken, waiting);
    if (outcome !== 'taken') throw full(outcome, waiting);
    return () => {
      onTheWay.give(caller, taken);
    };
  };
}

function full(outcome: 'share-used' | 'all-used', { ofCaller, inAll }: Backlog): PreconditionError {
  const message =
    outcome === 'share-used'
      ? `Of what you have submitted, ${ofCaller} layers wait to be read: no more of one caller may wait`
      : `${inAll} layers of all callers wait to be read: no more may wait`;
  return new PreconditionError('queue-full', message, refusedSeconds);
}

/** Whether two records claim the same layers; of an image without digests nothing can be claimed. */
export function sameLayers(a: StoredImage['image'], b: StoredImage['image']): boolean {
  if (a.layers.length !== b.layers.length) return false;
  return a.layers.every(({ digest, diffId }, number) => {
    const other = b.layers[number];
    if (digest !== undefined && other?.digest !== undefined) return digest === other.digest;
    return diffId !== undefined && diffId === other?.diffId;
  });
}
