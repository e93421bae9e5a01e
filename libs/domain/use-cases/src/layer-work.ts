import type { Bus, Image, Message, StoredImage } from '@clarion/model';
import type { Context } from './context';
import { Refusal } from './refusal';
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

/** Puts the work for a stored submission on the bus. Doing it again costs a look at each layer and nothing more. */
export async function publishLayers({ manifestDigest, image, submission }: SubmittedImage, bus: Bus): Promise<void> {
  const { id, caller } = submission;
  const messages = distinctLayers(image).map((layer): Message => ({
    event: { kind: 'work.layer', image: manifestDigest, submission: id, layer },
    ...(caller === undefined ? {} : { caller }),
  }));
  if (messages.length > 0) await bus.publish(messages);
}

const refusedSeconds = 10;
const rememberedMillis = 500;

/** Refuses submissions while too much work waits. The bus is asked at most twice a second. */
export function createQueueGuard({ bus, limits, now }: Pick<Context, 'bus' | 'limits' | 'now'>): () => Promise<void> {
  let known = { at: Number.NEGATIVE_INFINITY, waiting: 0 };
  return async () => {
    const at = now().getTime();
    if (Math.abs(at - known.at) > rememberedMillis) {
      const queues = await bus.queues();
      known = { at, waiting: queues.find(({ kind }) => kind === 'work.layer')?.waiting ?? 0 };
    }
    if (known.waiting >= limits.waitingLayers) {
      throw new Refusal('queue-full', 'Too many layers wait to be read', refusedSeconds);
    }
  };
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
