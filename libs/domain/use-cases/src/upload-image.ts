import { FairQueue } from '@clarion/fair-queue';
import { ClarionError, type Digest, tagOf } from '@clarion/model';
import { allDetectors, detectorsKey, failImage } from '@clarion/layer-indexing';
import type { UseCaseContext } from './context';
import { requireImage } from './image-view';
import { isOfRegistry, nameClaimedImage, requireOwnDigest } from './name-image';
import { recordSubmission } from './record-submission';
import { PreconditionError } from './precondition-error';
import { complete } from './submit-image';
import { submittedOf } from './submitted-of';
import type { SubmissionResult, UploadOptions } from './use-cases';

type Upload = (archive: AsyncIterable<Uint8Array>, options: UploadOptions) => Promise<SubmissionResult>;

const busySeconds = 15;

/**
 * `ImageUseCases.upload`: a bounded number of concurrent archives, each in one temporary file that is deleted
 * afterwards.
 */
export function createUpload(context: UseCaseContext): Upload {
  // One more for a caller whom others would keep out.
  const queue = new FairQueue<symbol>({ slots: context.limits.uploads, spares: 1 });
  return async (archive, options) => {
    const caller = options.caller ?? '';
    // Before the archive is read, as reading one with an invalid name would be wasted.
    const name = options.reference === undefined ? undefined : context.referenceName(options.reference);
    const upload = Symbol('upload');
    queue.add(caller, upload);
    const turn = queue.take();
    if (turn === undefined) {
      queue.remove(upload);
      throw new PreconditionError('queue-full', `${queue.running} archives are being read already`, busySeconds);
    }
    try {
      return await uploadImage(archive, { ...options, ...(name === undefined ? {} : { name }) }, context);
    } finally {
      queue.end(turn);
    }
  };
}

async function uploadImage(
  archive: AsyncIterable<Uint8Array>,
  options: UploadOptions & { readonly name?: string },
  context: UseCaseContext,
): Promise<SubmissionResult> {
  const { imageName, platform, reference, name, caller, signal } = options;
  const whose = caller === undefined ? {} : { caller };
  const listed = await allDetectors(context.detectors);
  const { image: described, layers: read } = await context.indexArchive(archive, {
    maxBytes: context.limits.uploadBytes,
    ...(imageName === undefined ? {} : { imageName }),
    ...(platform === undefined ? {} : { platform }),
    ...whose,
    ...(signal === undefined ? {} : { signal }),
  });
  const { manifestDigest: digest } = described;
  if (digest === undefined)
    throw new ClarionError('unsupported', 'The archive has neither a manifest nor a configuration');
  if (name !== undefined) requireOwnDigest(name, digest);
  // Only now: an aborted upload leaves the facts of its complete layers and no image that waits for the others.
  const image = { ...described, reference: reference ?? digest };
  const tag = name === undefined ? undefined : tagOf(name);
  const isNamed = name !== undefined && (tag === undefined || !(await isOfRegistry({ tag, digest }, context)));
  const recorded = await recordSubmission(
    {
      digest,
      image,
      source: { kind: 'upload' },
      read,
      ...(isNamed ? { name } : {}),
      ...whose,
      detectors: detectorsKey(listed),
    },
    context,
  );
  if (isNamed && tag !== undefined) await nameClaimedImage({ tag, digest }, context);
  const unfinished = recorded.image.submission.state !== 'indexed';
  if (unfinished && !(await complete(recorded.image, context, caller)) && recorded.ordered) {
    await fail(recorded.image.submission.id, digest, context);
  }
  return submittedOf(await requireImage(digest, context.store), recorded.ordered, isNamed ? undefined : name);
}

/** Facts that were not stored (a detector did not answer) cannot be recovered: nothing of the archive is kept. */
async function fail(submission: string, image: Digest, { store, bus }: UseCaseContext): Promise<void> {
  const failure = {
    code: 'upstream-unavailable' as const,
    message: 'Not all detectors looked at the layers of the archive',
    remedy: 'upload it again',
  };
  for await (const event of failImage({ image, submission }, failure, store)) await bus.publish([{ event }]);
}
