import type { ClarionEvent, DetectorClient, Digest, EventOf, HandlerContext, WorkHandler } from '@clarion/model';
import { isComplete, type KnownInStore } from '../complete-image';
import { allDetectors } from '../ecosystem-signs';
import { knownDiffId, recordedIdentity } from '../known-layer';
import type { SubmissionKey } from '../submission-key';
import { composeTogether, type ImageComposer } from './compose-together';
import type { ImageJob, LayerJob } from './image-job';
import { eventsOf, type IsolatedDeps, recorded, run } from './isolated-images';

export interface IsolatedLayersDeps extends IsolatedDeps<ImageJob | LayerJob> {
  readonly store: IsolatedDeps['store'] & KnownInStore;
  readonly detectors: Pick<DetectorClient, 'list'>;
}

type Work = EventOf<'work.layer'>;

/**
 * The handler of `work.layer`, in processes that may be killed. Known layers are found here, and images whose layers
 * are known at the same time are composed together. Work that is delivered again is done alone: its process is ended by
 * nothing else.
 */
export function isolatedLayers(deps: IsolatedLayersDeps): WorkHandler<'work.layer'> {
  const compose = composeTogether(deps);
  return async function* (work, context) {
    const { signal, delivery, caller = work.image } = context;
    try {
      if (delivery === 1 && (yield* doneWithOthers(work, context, { ...deps, compose }))) return;
      yield* eventsOf(run({ kind: 'layer', work, delivery }, deps, { caller, signal }));
    } catch (error) {
      yield* recorded(error, deps);
    }
  };
}

interface WithOthers extends IsolatedLayersDeps {
  readonly compose: ImageComposer;
}

/** Images that wait for being composed while further layers are read. */
const mostWaiting = 64;

/** Returns whether all is done; otherwise the image has to be completed alone. */
async function* doneWithOthers(
  work: Work,
  { signal, delivery, caller = work.image, leaveSlot }: HandlerContext,
  deps: WithOthers,
): AsyncGenerator<ClarionEvent, boolean> {
  const detectors = await allDetectors(deps.detectors);
  const known = await knownLayerOf(work, { ...deps, detectors });
  if (known === null) return true;
  if (known !== undefined) yield { kind: 'layer.indexed', image: work.image, layer: known, read: false };
  else yield* eventsOf(run({ kind: 'layer', work, delivery, onlyRead: true }, deps, { caller, signal }));
  const of: SubmissionKey = { image: work.image, submission: work.submission };
  if (!(await isComplete(of, { ...deps, detectors }))) return true;
  // Otherwise no more images than there are slots would be ready at the same time.
  if (deps.compose.waiting() < mostWaiting) leaveSlot?.();
  if (!(await deps.compose.image(of, caller))) return false;
  yield { kind: 'image.indexed', ...of };
  return true;
}

/** The diffID of a known layer; null when the submission does not wait for it any more. */
async function knownLayerOf(
  { image, submission, layer }: Work,
  { store, detectors }: Pick<IsolatedLayersDeps, 'store'> & Pick<Parameters<typeof isComplete>[1], 'detectors'>,
): Promise<Digest | null | undefined> {
  const record = await store.image(image);
  if (record?.submission?.id !== submission || record.submission.state === 'indexed') return null;
  const descriptor = record.image.layers[layer];
  if (descriptor === undefined) return undefined;
  return knownDiffId({ descriptor, identity: recordedIdentity(record, layer) }, detectors, store);
}
