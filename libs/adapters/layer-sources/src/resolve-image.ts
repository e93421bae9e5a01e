import { matchesHost, type Egress } from '@clarion/egress';
import { ClarionError, type Image, type Platform } from '@clarion/model';
import { formatReference, type ImageReference, requireReference } from './reference';
import { registrySource } from './registry';
import { apiHost } from './registry/client';
import type { CredentialLookup, RegistryAuthentication } from './registry/credential-lookup';

export interface ResolveImageOptions {
  readonly egress: Egress;
  /** Host patterns of registries with plain http or certificates of unknown authorities (`matchesHost` of egress). */
  readonly insecureRegistries?: readonly string[];
  /** Credentials of this one request. */
  readonly credentials?: RegistryAuthentication;
  /** Credentials of the service itself, for requests without any; default: none, anonymous. */
  readonly ownCredentials?: (host: string) => Promise<CredentialLookup>;
  readonly platform?: Platform;
  readonly signal?: AbortSignal;
}

/** What a reference means now. */
export interface ResolvedReference {
  /** With the original reference; its layers are those of the configuration. */
  readonly image: Image;
  /** Names the manifest by digest: `registry.example/team/app@sha256:…`. */
  readonly pinned: string;
  /** The full form: `docker.io/library/alpine:3.22`; with tag and digest if both were given. */
  readonly name: string;
  readonly insecure: boolean;
}

/** The whole spelling of a registry reference: `ResolvedReference.name`. Throws `invalid-input`. */
export function referenceName(text: string): string {
  return formatReference(registryReference(text).reference);
}

function registryReference(text: string): { readonly given: string; readonly reference: ImageReference } {
  if (fileReference.test(text)) {
    throw new ClarionError('invalid-input', 'Only images of registries can be named', { remedy: 'upload the archive' });
  }
  const given = text.startsWith('registry:') ? text.slice('registry:'.length) : text;
  return { given, reference: requireReference(given) };
}

/** Prefixes of the command line that name files. */
const fileReference = /^(?:docker-archive|oci-archive|oci|dir|sbom):/;

/**
 * Resolves a reference (with or without `registry:`) at its registry: reads and verifies manifest and configuration,
 * opens no layer. Never reads files of this machine. Throws `invalid-input`, `not-found`, `unauthorized`,
 * `egress-denied`, `unsupported`, `upstream-unavailable`.
 */
export async function resolveImage(text: string, options: ResolveImageOptions): Promise<ResolvedReference> {
  const { given, reference } = registryReference(text);
  const { host, repository } = reference;
  const insecure = isInsecure(host, options.insecureRegistries ?? []);
  const { egress, credentials, ownCredentials, platform, signal } = options;
  const source = registrySource({
    egress,
    insecure,
    credentials: (of) =>
      credentials === undefined ? (ownCredentials?.(of) ?? Promise.resolve({})) : Promise.resolve({ credentials }),
  });
  const how = { ...(platform === undefined ? {} : { platform }), ...(signal === undefined ? {} : { signal }) };
  const opened = await source.open(given, how).catch((error: unknown) => {
    throw withServiceRemedy(error, credentials !== undefined);
  });
  try {
    const { image } = opened;
    const { manifestDigest } = image;
    if (manifestDigest === undefined) throw new ClarionError('unsupported', `${given} has no manifest`);
    return {
      image,
      pinned: formatReference({ host, repository, digest: manifestDigest }),
      name: formatReference(reference),
      insecure,
    };
  } finally {
    await opened.close();
  }
}

/** The client of a service cannot log in on its machine. */
function withServiceRemedy(error: unknown, withCredentials: boolean): unknown {
  if (!(error instanceof ClarionError) || error.code !== 'unauthorized') return error;
  const remedy = withCredentials
    ? 'check the spelling, and that the credentials of this request may pull it'
    : 'check the spelling, or send "credentials" ({"username", "password"}) with the request';
  return new ClarionError('unauthorized', error.message, { cause: error, remedy });
}

function isInsecure(host: string, patterns: readonly string[]): boolean {
  const address = `https://${apiHost(host)}/`;
  if (!URL.canParse(address)) throw new ClarionError('invalid-input', `"${host}" is not a registry host`);
  const url = new URL(address);
  return patterns.some((pattern) => matchesHost(pattern, url));
}
