import type { Egress } from '@clarion/egress';
import { ClarionError, type Image, type ImageSource, type OpenedImage, type SealedSecret } from '@clarion/model';
import { openLayerUrls } from './layer-urls';
import { openKnownImage } from './registry/known-image';
import type { CredentialLookup, RegistryAuthentication } from './registry/credential-lookup';

export interface SubmittedImageOptions {
  /** To registries. */
  readonly egress: Egress;
  /** Egress to the layer addresses that the submitter of the image gave. */
  readonly layerEgress: Egress;
  /** Decrypts a secret that was sealed when the image was submitted. */
  readonly open: (sealed: SealedSecret) => string;
  /** Credentials of the service itself, for images that were submitted without any; default: none, anonymous. */
  readonly credentials?: (host: string) => Promise<CredentialLookup>;
}

/** Opens an image based on its stored submission. Throws `not-found` for an upload, which is not stored. */
export function openSubmittedImage(
  { image, source }: { readonly image: Image; readonly source: ImageSource },
  options: SubmittedImageOptions,
): OpenedImage {
  const { egress, layerEgress, open } = options;
  switch (source.kind) {
    case 'registry':
      return openKnownImage(source.reference, image, {
        egress,
        insecure: source.insecure ?? false,
        credentials: (host) => credentialsFor(host, source, options),
      });
    case 'layer-urls': {
      const layers = source.layers.map(({ url, headers }) =>
        headers === undefined ? { url } : { url, headers: JSON.parse(open(headers)) as Record<string, string> },
      );
      return openLayerUrls(image, layers, layerEgress);
    }
    case 'upload':
      throw new ClarionError(
        'not-found',
        `The layers of the uploaded image ${image.manifestDigest ?? ''} were not kept`,
        {
          remedy: 'upload the image again',
        },
      );
  }
}

/** Parses submitted credentials: `{username, password}`, or `{token}` for the registry itself. */
export function parseCredentials(json: string): RegistryAuthentication {
  const { username, password, token } = JSON.parse(json) as Partial<Record<'username' | 'password' | 'token', string>>;
  if (token !== undefined) return { kind: 'registry-token', token };
  if (username !== undefined && password !== undefined) return { kind: 'password', username, password };
  throw new ClarionError('invalid-input', 'The credentials have neither username and password nor a token');
}

type RegistrySource = Extract<ImageSource, { kind: 'registry' }>;

function openForOneJob(sealed: SealedSecret, open: SubmittedImageOptions['open']): string {
  try {
    return open(sealed);
  } catch (cause) {
    const message = 'The credentials of this job for the registry ended with the process that took them';
    throw new ClarionError('unauthorized', message, { cause, remedy: 'scan the image again' });
  }
}

function credentialsFor(
  host: string,
  source: RegistrySource,
  { open, credentials }: SubmittedImageOptions,
): Promise<CredentialLookup> {
  const { credentials: sealed, forOneJob = false } = source;
  if (sealed !== undefined) {
    const opened = forOneJob ? openForOneJob(sealed, open) : open(sealed);
    return Promise.resolve({ credentials: parseCredentials(opened) });
  }
  return credentials === undefined ? Promise.resolve({}) : credentials(host);
}
