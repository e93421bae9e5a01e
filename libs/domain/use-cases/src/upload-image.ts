import { ClarionError, type Digest, tagOf } from '@clarion/model';
import { allDetectors, detectorsKey, failImage } from '@clarion/layer-indexing';
import type { Context } from './context';
import { requireImage } from './image-view';
import { recordSubmission } from './record-submission';
import { Refusal } from './refusal';
import { complete, submittedOf } from './submit-image';
import type { Submitted, UploadOptions } from './use-cases';

type Upload = (archive: AsyncIterable<Uint8Array>, options: UploadOptions) => Promise<Submitted>;

const busySeconds = 15;

/** `ImageUseCases.upload`: a bounded number of archives at a time, each in one temporary file that is gone afterwards. */
export function createUpload(context: Context): Upload {
  let running = 0;
  return async (archive, options) => {
    if (running >= context.limits.uploads) {
      throw new Refusal('queue-full', `${context.limits.uploads} archives are being read already`, busySeconds);
    }
    running += 1;
    try {
      return await uploadImage(archive, options, context);
    } finally {
      running -= 1;
    }
  };
}

async function uploadImage(
  archive: AsyncIterable<Uint8Array>,
  options: UploadOptions,
  context: Context,
): Promise<Submitted> {
  const { imageName, platform, reference, signal } = options;
  const listed = await allDetectors(context.detectors);
  const { image: described, layers: read } = await context.indexArchive(archive, {
    maxBytes: context.limits.uploadBytes,
    ...(imageName === undefined ? {} : { imageName }),
    ...(platform === undefined ? {} : { platform }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { manifestDigest: digest } = described;
  if (digest === undefined)
    throw new ClarionError('unsupported', 'The archive has neither a manifest nor a configuration');
  // Only now: an upload that breaks off leaves the facts of its whole layers and no image that waits for the others.
  const image = { ...described, reference: reference ?? digest };
  const recorded = await recordSubmission(
    {
      digest,
      image,
      origin: { kind: 'upload' },
      read,
      ...(reference === undefined ? {} : { name: reference }),
      detectors: detectorsKey(listed),
    },
    context,
  );
  const tag = reference === undefined ? undefined : tagOf(reference);
  if (tag !== undefined) await context.store.moveTag(tag, digest, { at: context.now().toISOString() });
  const unfinished = recorded.image.submission.state !== 'indexed';
  if (unfinished && !(await complete(recorded.image, context)) && recorded.ordered) {
    await fail(recorded.image.submission.id, digest, context);
  }
  return submittedOf(await requireImage(digest, context.store), recorded.ordered);
}

/** Facts that were not stored (a detector did not answer) cannot be had again: nothing of the archive is kept. */
async function fail(submission: string, image: Digest, { store, bus }: Context): Promise<void> {
  const failure = {
    code: 'upstream-unavailable' as const,
    message: 'Not all detectors looked at the layers of the archive',
    remedy: 'upload it again',
  };
  for await (const event of failImage({ image, submission }, failure, store)) await bus.publish([{ event }]);
}
