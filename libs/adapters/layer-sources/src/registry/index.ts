import { createEgress, type Egress } from '@clarion/egress';
import { ClarionError, isDigest, type LayerContent, type LayerSource } from '@clarion/model';
import { openBlobImage, type BlobSource } from '../blob-image';
import { digestLike, sha256Of } from '../digests';
import { listMember, parseBounded } from '../json';
import { describeLimits } from '../limits';
import { isSchema1, mediaTypes, schema1, type ContentDescriptor } from '../manifest';
import { formatReference, requireReference, type ImageReference } from '../reference';
import { readBlob } from './blob-stream';
import { apiHost, createRegistryClient, type RegistryClient } from './client';
import { lookUpCredentials } from './credentials';
import { type CredentialLookup } from './credential-lookup';

export interface RegistrySourceOptions {
  /** Plain http, and certificates of unknown authorities, are acceptable for the registry. Default false. */
  readonly insecure?: boolean;
  /** The egress. Default: one for a person's own machine, where private networks are allowed. */
  readonly egress?: Egress;
  /** `User-Agent` of the default egress. */
  readonly userAgent?: string;
  /** Credentials of a registry host; default the Docker configuration's. */
  readonly credentials?: (host: string) => Promise<CredentialLookup>;
}

const accept = Object.values(mediaTypes).join(', ');

/** Images of registries: Distribution v2 API, OCI distribution 1.1. */
export function registrySource(options: RegistrySourceOptions = {}): LayerSource {
  return {
    id: 'registry',
    async open(text, openOptions) {
      const reference = requireReference(text);
      const { egress, release } = wayOut(reference, options);
      try {
        const client = createRegistryClient({
          egress,
          reference,
          insecure: options.insecure ?? false,
          credentials: () => (options.credentials ?? lookUpCredentials)(reference.host),
        });
        const root = await fetchRoot(client, reference, openOptions.signal);
        const blobs = registryBlobs(client, release);
        return await openBlobImage({ blobs, root, reference: text, options: openOptions });
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}

/** The egress to a registry, and its release if it was created for this one. */
interface WayOut {
  readonly egress: Egress;
  readonly release: () => Promise<void>;
}

export function wayOut(reference: ImageReference, options: RegistrySourceOptions): WayOut {
  if (options.egress !== undefined) return { egress: options.egress, release: () => Promise.resolve() };
  const host = apiHost(reference.host).replace(/:\d+$/, '');
  const egress = createEgress({
    privateNetworks: true,
    insecureHosts: options.insecure === true ? [host] : [],
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
  });
  return { egress, release: () => egress.close() };
}

/** The manifest or index a reference names, as a descriptor that holds it; checked against the digest the registry states. */
async function fetchRoot(
  client: RegistryClient,
  reference: ImageReference,
  signal: AbortSignal | undefined,
): Promise<ContentDescriptor> {
  const label = formatReference(reference);
  const { digest, tag } = reference;
  const { bytes, stated } = await fetchManifest(client, { name: digest ?? tag ?? 'latest', label, signal });
  if (bytes === undefined) throw await unknownReference(client, reference, signal);
  const claimed = digest ?? (stated !== undefined && isDigest(stated) ? stated : sha256Of(bytes));
  if (digestLike(claimed, bytes) !== claimed) {
    throw new ClarionError('digest-mismatch', `The manifest of ${label} does not have the digest ${claimed}`);
  }
  return { digest: claimed, data: bytes, annotations: new Map() };
}

interface ManifestRequest {
  readonly name: string;
  readonly label: string;
  readonly signal: AbortSignal | undefined;
}

async function fetchManifest(
  client: RegistryClient,
  { name, label, signal }: ManifestRequest,
): Promise<{ bytes?: Uint8Array; stated?: string }> {
  const answer = await client.get({
    path: `manifests/${name}`,
    headers: { accept },
    maxBytes: describeLimits.manifestBytes,
    signal,
  });
  if (answer.status === 404) {
    await answer.discard();
    return {};
  }
  if (isSchema1(answer.headers.get('content-type'))) {
    await answer.discard();
    throw schema1(label);
  }
  const stated = answer.headers.get('docker-content-digest');
  const bytes = await answer.bytes();
  return stated === undefined ? { bytes } : { bytes, stated };
}

/** The error for a reference the registry does not know, with the tags there are. */
async function unknownReference(
  client: RegistryClient,
  reference: ImageReference,
  signal: AbortSignal | undefined,
): Promise<ClarionError> {
  const label = formatReference(reference);
  const tags = await listTags(client, signal).catch(() => []);
  signal?.throwIfAborted();
  const remedy = tags.length === 0 ? 'check its spelling' : `tags there are: ${tags.join(', ')}`;
  return new ClarionError('not-found', `${label} does not exist`, { remedy });
}

const shownTags = 20;

async function listTags(client: RegistryClient, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const path = `tags/list?n=${shownTags}`;
  const answer = await client.get({ path, maxBytes: describeLimits.manifestBytes, signal });
  const tags = listMember(parseBounded(await answer.bytes(), 'The list of tags'), 'tags');
  return tags
    .filter((tag) => typeof tag === 'string')
    .slice(0, shownTags)
    .sort();
}

export function registryBlobs(client: RegistryClient, release: () => Promise<void>): BlobSource {
  const stream = (descriptor: ContentDescriptor, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> =>
    readBlob({
      label: `the blob ${descriptor.digest}`,
      size: descriptor.size,
      signal,
      open: (position) =>
        client.get({
          path: `blobs/${descriptor.digest}`,
          ...(position === 0 ? {} : { headers: { range: `bytes=${position}-` } }),
          signal,
        }),
    });
  return {
    has: () => true,
    async manifest({ digest }, signal) {
      const { bytes } = await fetchManifest(client, { name: digest, label: digest, signal });
      if (bytes === undefined) throw new ClarionError('not-found', `The registry does not have the manifest ${digest}`);
      return bytes;
    },
    async blob(descriptor, maxBytes, signal) {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of stream(descriptor, signal)) {
        size += chunk.byteLength;
        if (size > maxBytes) {
          throw new ClarionError('limit-exceeded', `The blob ${descriptor.digest} is larger than ${maxBytes} bytes`);
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    layer(descriptor, signal) {
      const content: LayerContent = { kind: 'stream', stream: stream(descriptor, signal) };
      return Promise.resolve(content);
    },
    identity: ({ digest }) => Promise.resolve({ kind: 'blob', digest }),
    close: release,
  };
}
