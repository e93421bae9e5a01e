import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { ClarionError, type Digest, isDigest, type LayerSource } from '@clarion/model';
import { openBlobImage, type BlobSource } from '../blob-image';
import { describeLimits } from '../limits';
import type { ContentDescriptor } from '../manifest';
import { requireReference, formatReference } from '../reference';
import {
  type ContainerdDescriptor,
  decodeGetImage,
  decodeReadContent,
  encodeGetImage,
  encodeReadContent,
} from './containerd-messages';
import { unknownImage } from './exported';
import { engineSocket } from './sockets';

const engine = 'containerd';
const deadlineMillis = 60_000;
const raw = (bytes: Buffer): Buffer => bytes;

/**
 * Images of containerd, read from its content store by digest: known layers are not read. The namespace is that of
 * CONTAINERD_NAMESPACE, as for `ctr`; `k8s.io` has the images of Kubernetes.
 */
export const containerd: LayerSource = {
  id: engine,
  async open(reference, options) {
    const socket = engineSocket(engine);
    const namespace = process.env['CONTAINERD_NAMESPACE'] ?? 'default';
    const client = new Client(`unix:${socket}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': 16 * 1024 * 1024,
      'grpc.default_authority': 'localhost',
    });
    const metadata = new Metadata();
    metadata.set('containerd-namespace', namespace);
    const store: ContentStore = { client, metadata, socket };
    try {
      const target = await findImage(store, reference, namespace);
      const root: ContentDescriptor = { ...target, digest: requireDigest(target), annotations: new Map() };
      return await openBlobImage({ blobs: contentOf(store), root, reference, options });
    } catch (error) {
      client.close();
      throw error;
    }
  },
};

interface ContentStore {
  readonly client: Client;
  readonly metadata: Metadata;
  readonly socket: string;
}

/** By the given name, then by its full form, under which containerd's clients store images. */
async function findImage(store: ContentStore, reference: string, namespace: string): Promise<ContainerdDescriptor> {
  const names = new Set([reference, formatReference(requireReference(reference))]);
  for (const name of names) {
    const found = await getImage(store, name);
    if (found !== undefined) return found;
  }
  const { message, remedy } = unknownImage(engine, reference);
  throw new ClarionError('not-found', `${message} in its namespace ${namespace}`, {
    remedy: `set CONTAINERD_NAMESPACE to another one (k8s.io for Kubernetes), or ${remedy ?? ''}`,
  });
}

function getImage({ client, metadata, socket }: ContentStore, name: string): Promise<ContainerdDescriptor | undefined> {
  return new Promise((resolve, reject) => {
    const path = '/containerd.services.images.v1.Images/Get';
    const deadline = Date.now() + deadlineMillis;
    client.makeUnaryRequest(path, raw, decodeGetImage, encodeGetImage(name), metadata, { deadline }, (error, image) => {
      if (error === null) resolve(image);
      else if (error.code === status.NOT_FOUND) resolve(undefined);
      else reject(failure(error, socket));
    });
  });
}

function requireDigest({ digest }: ContainerdDescriptor): Digest {
  const named: string = digest;
  if (isDigest(named)) return named;
  throw new ClarionError('corrupt-data', `containerd names "${digest.slice(0, 100)}" as the digest of an image`);
}

function contentOf(store: ContentStore): BlobSource {
  return {
    has: () => true,
    manifest: ({ digest }) => readWhole(store, digest, describeLimits.manifestBytes),
    blob: ({ digest }, maxBytes) => readWhole(store, digest, maxBytes),
    layer: ({ digest }, signal) => Promise.resolve({ kind: 'stream', stream: readContent(store, digest, signal) }),
    // containerd verifies a blob before it stores it, and only root can write there.
    identity: ({ digest }) => Promise.resolve({ kind: 'blob', digest }),
    close: () => {
      store.client.close();
      return Promise.resolve();
    },
  };
}

async function* readContent(
  { client, metadata, socket }: ContentStore,
  digest: Digest,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const path = '/containerd.services.content.v1.Content/Read';
  const request = encodeReadContent({ digest, offset: 0, size: 0 });
  const call = client.makeServerStreamRequest(path, raw, decodeReadContent, request, metadata);
  const cancel = (): void => {
    call.cancel();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const chunk of call as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as ServiceError).code === status.NOT_FOUND) {
      throw new ClarionError('not-found', `containerd does not keep ${digest}`, {
        cause: error,
        remedy: 'it discards what it has unpacked (discard_unpacked_layers); pull the image again or name the registry',
      });
    }
    throw failure(error as ServiceError, socket);
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}

async function readWhole(store: ContentStore, digest: Digest, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readContent(store, digest)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new ClarionError('limit-exceeded', `${digest} is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failure(error: ServiceError, socket: string): Error {
  if (error instanceof ClarionError) return error;
  return new ClarionError('upstream-unavailable', `containerd at ${socket} fails: ${error.details || error.message}`, {
    cause: error,
    remedy: 'its socket is readable by root only; or export the image (ctr images export) and scan the archive',
  });
}
