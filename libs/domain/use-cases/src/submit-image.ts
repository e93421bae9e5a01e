import {
  ClarionError,
  type CompositionCounts,
  type DetectorInfo,
  type Digest,
  type EffectiveImage,
  isDigest,
  type Image,
  type ImageSource,
  type LayerDescriptor,
  type TagName,
  tagOf,
} from '@clarion/model';
import { allDetectors, completeImage, detectorsKey } from '@clarion/layer-indexing';
import { countVulnerabilities, type UseCaseContext } from './context';
import { checkedHeaders } from './layer-headers';
import { distinctLayers, publishLayers, type TakeRoom } from './layer-work';
import { isOfRegistry, movesOf, nameClaimedImage, nameImage, requireOwnDigest } from './name-image';
import { knownImage, nameAsCallerSays, nameOf, recordKnown } from './known-image';
import { recordSubmission, type AskedSubmission } from './record-submission';
import { submittedOf } from './submitted-of';
import type {
  AskOptions,
  ReferenceRequest,
  RegistryCredentials,
  SubmitRequest,
  SubmissionResult,
  SubmittedImage,
} from './use-cases';

const maxLayers = 512;
const maxUrl = 8192;

/** `ImageUseCases.submit`. */
export async function submitImage(
  request: SubmitRequest,
  context: UseCaseContext,
  options: AskOptions & { readonly takeRoom: TakeRoom },
): Promise<SubmissionResult> {
  const { caller } = options;
  const detectors = detectorsKey(await allDetectors(context.detectors));
  const known = request.kind === 'reference' ? await knownImage(request, detectors, context) : undefined;
  if (known !== undefined) return recordKnown(known, { caller, detectors }, context);
  // No registry is asked for an image that would be rejected anyway.
  (await options.takeRoom(caller, 1))();
  const asked = tagOfRequest(request, context);
  const moves = asked === undefined ? 0 : await movesOf(asked, context);
  const described =
    request.kind === 'reference'
      ? await resolved(request, context, options)
      : { ...(await claimed(request, context)), digest: request.digest };
  const { digest } = described;
  const isClaimed = request.kind === 'layers';
  const tag = asked && isClaimed && (await isOfRegistry({ tag: asked, digest }, context)) ? undefined : asked;
  const giveBack = await options.takeRoom(caller, distinctLayers(described.image).length);
  try {
    const whose = caller === undefined ? {} : { caller };
    const { name, ...unnamed } = described;
    const isNamed = name !== undefined && (asked === undefined || tag !== undefined);
    const recorded = await recordSubmission({ ...unnamed, ...(isNamed ? { name } : {}), ...whose, detectors }, context);
    if (tag !== undefined && request.kind === 'reference') {
      const lookAgain = (): Promise<Digest | undefined> => meaning(request, context, options);
      await nameImage({ tag, digest, moves, lookAgain }, context);
    } else if (tag !== undefined) await nameClaimedImage({ tag, digest }, context);
    await nameAsCallerSays(request, digest, context);
    // Written first, then published: `reconcile` finds what a crash leaves in between.
    if (recorded.ordered) await order(recorded.image, context);
    else if (recorded.joined) await publishLayers(recorded.image, [caller], context.bus);
    return submittedOf(recorded.image, recorded.ordered, isNamed ? undefined : name);
  } finally {
    giveBack();
  }
}

function tagOfRequest(
  request: SubmitRequest,
  { referenceName }: Pick<UseCaseContext, 'referenceName'>,
): TagName | undefined {
  return request.reference === undefined ? undefined : tagOf(referenceName(request.reference));
}

/** The image that a reference points to now. */
async function meaning(
  request: ReferenceRequest,
  context: UseCaseContext,
  asking: AskOptions,
): Promise<Digest | undefined> {
  const found = await resolved(request, context, asking).catch(() => undefined);
  return found?.digest;
}

/** Publishes the work of a submission; an image without layers is complete at once. */
export async function order(image: SubmittedImage, context: UseCaseContext, callers = callersOf(image)): Promise<void> {
  if (image.image.layers.length > 0) await publishLayers(image, callers, context.bus);
  else await complete(image, context);
}

/** The callers who wait for an image; a single undefined one where no caller is known. */
export function callersOf({ submission }: SubmittedImage): readonly (string | undefined)[] {
  return submission.callers ?? [undefined];
}

/**
 * Composes an image whose layers are known, for a caller, and publishes its events. Resolves to whether it is indexed
 * now.
 */
export async function complete(
  image: SubmittedImage,
  context: UseCaseContext,
  caller = image.submission.callers?.[0],
): Promise<boolean> {
  const compose = context.compose ?? composeHere(await allDetectors(context.detectors), context);
  const events = compose({ image: image.manifestDigest, submission: image.submission.id }, caller);
  let indexed = false;
  for await (const event of events) {
    indexed ||= event.kind === 'image.indexed';
    await context.bus.publish([{ event }]);
  }
  return indexed;
}

function composeHere(
  detectors: readonly DetectorInfo[],
  context: UseCaseContext,
): NonNullable<UseCaseContext['compose']> {
  const { store, owner, now } = context;
  const count = (effective: EffectiveImage): Promise<CompositionCounts | null | undefined> =>
    countVulnerabilities(effective, context);
  return (image) => completeImage(image, { store, detectors, owner, count, now });
}

type Described = Omit<AskedSubmission, 'detectors' | 'caller'>;

async function resolved(
  { reference, platform, credentials, credentialsForOneJob = false, tag }: ReferenceRequest,
  context: UseCaseContext,
  { caller, signal }: AskOptions,
): Promise<Described> {
  const { image, pinned, name, insecure } = await context.resolveImage(reference, {
    ...(platform === undefined ? {} : { platform }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(caller === undefined ? {} : { caller }),
    ...(signal === undefined ? {} : { signal }),
  });
  const { manifestDigest } = image;
  if (manifestDigest === undefined) throw new ClarionError('unsupported', `${reference} has no manifest`);
  const source: ImageSource = {
    kind: 'registry',
    reference: pinned,
    ...(credentials === undefined ? {} : sealed(credentials, credentialsForOneJob, context)),
    ...(insecure ? { insecure } : {}),
  };
  const named = nameOf(name, tag);
  return {
    digest: manifestDigest,
    image: tag === undefined ? image : { ...image, reference: named },
    source,
    name: named,
  };
}

function sealed(
  credentials: RegistryCredentials,
  forOneJob: boolean,
  { sealer, memorySealer }: Pick<UseCaseContext, 'sealer' | 'memorySealer'>,
): Pick<Extract<ImageSource, { kind: 'registry' }>, 'credentials' | 'forOneJob'> {
  const { username, password, token } = { username: undefined, password: undefined, token: undefined, ...credentials };
  const text = JSON.stringify(token === undefined ? { username, password } : { token });
  if (!forOneJob) return { credentials: sealer.seal(text) };
  return { credentials: (memorySealer ?? sealer).seal(text), forOneJob };
}

/** An image that the caller describes completely. Every address is checked now, and again when it is opened. */
async function claimed(
  request: Extract<SubmitRequest, { kind: 'layers' }>,
  context: UseCaseContext,
): Promise<Omit<Described, 'digest'>> {
  const { digest, layers, platform, reference } = request;
  if (!isDigest(digest))
    throw new ClarionError('invalid-input', 'The digest of the manifest is not a sha256 or sha512 digest');
  if (layers.length > maxLayers) throw new ClarionError('limit-exceeded', `More than ${maxLayers} layers`);
  if (reference !== undefined) requireOwnDigest(context.referenceName(reference), digest);
  const image: Image = {
    reference: reference ?? digest,
    manifestDigest: digest,
    platform: platform ?? { os: 'linux', architecture: 'amd64' },
    layers: layers.map(descriptorOf),
  };
  const source: ImageSource = {
    kind: 'layer-urls',
    layers: layers.map(({ url, headers = {} }) => {
      if (url.length > maxUrl) throw new ClarionError('invalid-input', 'The address of a layer is too long');
      const checked = checkedHeaders(headers);
      return {
        url,
        ...(Object.keys(checked).length === 0 ? {} : { headers: context.sealer.seal(JSON.stringify(checked)) }),
      };
    }),
  };
  await context.checkLayerUrls(layers.map(({ url }) => url));
  return { image, source, ...(reference === undefined ? {} : { name: context.referenceName(reference) }) };
}

function descriptorOf(layer: Extract<SubmitRequest, { kind: 'layers' }>['layers'][number]): LayerDescriptor {
  const { digest, diffId, mediaType, size } = layer;
  if (!isDigest(digest) || (diffId !== undefined && !isDigest(diffId))) {
    throw new ClarionError('invalid-input', 'The digest of a layer is not a sha256 or sha512 digest');
  }
  return {
    digest,
    ...(diffId === undefined ? {} : { diffId }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(size === undefined ? {} : { size }),
  };
}
