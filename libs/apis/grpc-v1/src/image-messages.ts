import type { LayerDescriptor, ReportPackage } from '@clarion/model';
import type { clarionV1 } from '@clarion/proto';
import type { ImageView, UndecidedImages, SubmissionResult, SubmitRequest } from '@clarion/use-cases';
import { FieldError } from './errors';
import { digest, optionalText, platformOf, text } from './requests';
import { encodeCounts, encodeImageState } from './words';

const mostLayers = 512;
const longestReference = 1024;
const longestUrl = 8192;
const longestHeader = 16_384;

/** Decodes a submission. Throws `FieldError`. */
export function decodeSubmission({ image }: clarionV1.SubmitImageRequest): SubmitRequest {
  switch (image?.$case) {
    case 'registry':
      return decodeRegistryImage(image.value);
    case 'manifest':
      return decodeManifest(image.value);
    case undefined:
      throw new FieldError('image', 'is missing: say either registry or manifest');
  }
}

function decodeRegistryImage({ reference, platform, credentials }: clarionV1.RegistryImage): SubmitRequest {
  return {
    kind: 'reference',
    reference: text('registry.reference', reference, longestReference),
    ...platformOf(platform),
    ...(credentials !== undefined && { credentials: decodeCredentials(credentials) }),
  };
}

function decodeCredentials({
  credentials,
}: clarionV1.RegistryCredentials): NonNullable<(SubmitRequest & { kind: 'reference' })['credentials']> {
  switch (credentials?.$case) {
    case 'password': {
      const { username, password } = credentials.value;
      return {
        username: text('registry.credentials.password.username', username, 1000),
        password: text('registry.credentials.password.password', password, 10_000),
      };
    }
    case 'token':
      return { token: text('registry.credentials.token', credentials.value, 20_000) };
    case undefined:
      throw new FieldError('registry.credentials', 'is empty: say either password or token');
  }
}

function decodeManifest(manifest: clarionV1.ImageManifest): SubmitRequest {
  const { layers, platform, reference } = manifest;
  if (layers.length > mostLayers) throw new FieldError('manifest.layers', `are more than ${mostLayers}`);
  return {
    kind: 'layers',
    digest: digest('manifest.digest', manifest.digest),
    layers: layers.map(decodeLayer),
    ...platformOf(platform),
    ...optionalText('reference', reference, longestReference),
  };
}

function decodeLayer(
  layer: clarionV1.ManifestLayer,
  index: number,
): (SubmitRequest & { kind: 'layers' })['layers'][number] {
  const field = (name: string): string => `manifest.layers[${index}].${name}`;
  const { url, diffId, mediaType, size } = layer;
  const headers = Object.entries(layer.headers);
  for (const [name, value] of headers) text(field('headers'), `${name}: ${value}`, longestHeader);
  if (size !== undefined && size > BigInt(Number.MAX_SAFE_INTEGER))
    throw new FieldError(field('size'), 'is not a size');
  return {
    digest: digest(field('digest'), layer.digest),
    url: text(field('url'), url, longestUrl),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(diffId !== undefined && { diffId: digest(field('diff_id'), diffId) }),
    ...(mediaType !== undefined && { mediaType: text(field('media_type'), mediaType, 200) }),
    ...(size !== undefined && { size: Number(size) }),
  };
}

export function encodeSubmitted({ state, ...rest }: SubmissionResult): clarionV1.Submission {
  return { ...rest, state: encodeImageState(state) };
}

export function encodeImage(image: ImageView): clarionV1.Image {
  const { digest: name, state, reference, platform, layers, submittedAt, indexedAt, failure } = image;
  return {
    digest: name,
    state: encodeImageState(state),
    reference,
    references: [...image.references],
    formerReferences: [...image.formerReferences],
    platform,
    layers: layers.map(encodeLayer),
    submittedAt: submittedAt ?? undefined,
    indexedAt: indexedAt ?? undefined,
    failure: failure === null ? undefined : { ...failure, remedy: failure.remedy ?? undefined },
    severities: image.severities === null ? undefined : encodeCounts(image.severities),
    severitiesMissing: image.severitiesMissing ?? undefined,
    incomplete: [...image.incomplete],
    totals: image.totals ?? undefined,
    countedApart: image.countedApart ?? undefined,
  };
}

export function encodeUndecided({ images, reasons, of }: UndecidedImages): clarionV1.UndecidedImages {
  return { images, reasons: { ...reasons }, of };
}

function encodeLayer({ diffId, digest: blob, mediaType, size, createdBy }: LayerDescriptor): clarionV1.Layer {
  return { diffId, digest: blob, mediaType, size: size === undefined ? undefined : BigInt(size), createdBy };
}

export function encodePackage(found: ReportPackage): clarionV1.Package {
  const { name, version, type, path, layer, purl } = found;
  return {
    name,
    version,
    namespace: found.namespace ?? undefined,
    type,
    architecture: found.architecture ?? undefined,
    source: found.source ?? undefined,
    sourceVersion: found.sourceVersion ?? undefined,
    module: found.module ?? undefined,
    path,
    layer,
    purl,
    confidence: found.confidence,
    owner: found.owner,
    license: found.license,
    cpe: found.cpe,
  };
}
