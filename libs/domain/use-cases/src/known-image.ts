import { type Digest, type ImageSource, isDigest, tagOf } from '@clarion/model';
import type { UseCaseContext } from './context';
import { isSubmitted } from './image-view';
import { nameClaimedImage } from './name-image';
import { recordSubmission } from './record-submission';
import { submittedOf } from './submitted-of';
import type { ReferenceRequest, SubmissionResult, SubmitRequest, SubmittedImage } from './use-cases';

/** An image by digest whose registry need not be asked, and its name. */
export interface KnownImage {
  readonly image: SubmittedImage;
  readonly name: string;
  readonly request: ReferenceRequest;
}

/** The image of a request if it asks for no more than is known: it is indexed with these detectors. */
export async function knownImage(
  request: ReferenceRequest,
  detectors: string,
  { store, referenceName }: Pick<UseCaseContext, 'store' | 'referenceName'>,
): Promise<KnownImage | undefined> {
  const { reference, lookUp, tag } = request;
  if (lookUp !== 'unless-known') return undefined;
  const name = referenceName(reference);
  const digest = name.slice(name.indexOf('@') + 1);
  const image = isDigest(digest) ? await store.image(digest) : undefined;
  if (!isSubmitted(image)) return undefined;
  const { state, detectors: read, origin } = image.submission;
  // Only a registry's layers are those of the digest: callers and archives claim it.
  const suffices = state === 'indexed' && read === detectors && origin.kind === 'registry';
  return suffices ? { image, request, name: nameOf(name, tag) } : undefined;
}

/** Records that a known image was submitted, under its name. */
export async function recordKnown(
  { image: known, name, request }: KnownImage,
  by: { readonly caller: string | undefined; readonly detectors: string },
  context: UseCaseContext,
): Promise<SubmissionResult> {
  const { manifestDigest: digest, image, submission } = known;
  const source: ImageSource = submission.origin;
  const asked = { digest, image: { ...image, reference: name }, source, name, detectors: by.detectors };
  const recorded = await recordSubmission(asked, context);
  await nameAsCallerSays(request, digest, context);
  return submittedOf(recorded.image, recorded.ordered);
}

/** The name of an image by digest, with the tag that its caller gives: `registry.example/app:1`. */
export function nameOf(name: string, tag: string | undefined): string {
  return tag === undefined ? name : `${name.replace(/@.*$/, '')}:${tag}`;
}

/** Gives an image the tag that its caller states beside the digest, unless a registry resolved it to another one. */
export async function nameAsCallerSays(request: SubmitRequest, digest: Digest, context: UseCaseContext): Promise<void> {
  if (request.kind !== 'reference' || request.tag === undefined) return;
  const tag = tagOf(nameOf(context.referenceName(request.reference), request.tag));
  if (tag !== undefined) await nameClaimedImage({ tag, digest }, context);
}
