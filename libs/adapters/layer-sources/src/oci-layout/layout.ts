import { ClarionError, isDigest, type OpenedImage, type OpenOptions } from '@clarion/model';
import { openBlobImage, type BlobSource } from '../blob-image';
import { sha256Of } from '../digests';
import { isAttestation, parseImageDocument, type ContentDescriptor } from '../manifest';
import { selectByName } from '../named-images';
import { choosePlatform } from '../platform-choice';

export interface LayoutRequest {
  readonly blobs: BlobSource;
  /** Bytes of index.json. */
  readonly index: Uint8Array;
  readonly label: string;
  readonly reference: string;
  /** A tag in the reference; otherwise the name in the options. */
  readonly tag?: string;
  readonly options: OpenOptions;
}

const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'];

interface NamedEntry {
  readonly entry: ContentDescriptor;
  readonly names: readonly string[];
}

/** Docker lists an image once per tag. A digest is a valid name too, for lookups by digest. */
function mergeByDigest(entries: readonly ContentDescriptor[], digestName: string | undefined): readonly NamedEntry[] {
  const byDigest = new Map<string, NamedEntry>();
  for (const entry of entries) {
    const { digest } = entry;
    const known = byDigest.get(digest) ?? { entry, names: digest === digestName ? [digest] : [] };
    byDigest.set(digest, { entry: known.entry, names: [...known.names, ...namesOf(entry)] });
  }
  return [...byDigest.values()];
}

function namesOf(entry: ContentDescriptor): readonly string[] {
  return nameAnnotations.flatMap((annotation) => entry.annotations.get(annotation) ?? []);
}

/** Opens an image of a layout. https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export async function openFromLayout(request: LayoutRequest): Promise<OpenedImage> {
  const { blobs, label, reference, options } = request;
  const document = parseImageDocument(request.index, `index.json of ${label}`);
  if (document.kind !== 'index') throw new ClarionError('corrupt-data', `index.json of ${label} is not an index`);
  const images = document.entries.filter((entry) => !isAttestation(entry));
  const [absent] = images;
  if (!images.some((entry) => blobs.has(entry.digest)) && absent !== undefined) {
    throw new ClarionError('corrupt-data', `${label} lacks the manifest ${absent.digest}`, {
      remedy: 'copy or save the image again',
    });
  }
  const name = request.tag ?? options.imageName;
  // An attestation has no name. An entry with a name is loaded, whatever its platform is called.
  const present = document.entries.filter(
    (entry) => blobs.has(entry.digest) && (!isAttestation(entry) || namesOf(entry).length > 0),
  );
  const entries = mergeByDigest(present, name);
  if (name !== undefined && isDigest(name) && blobs.has(name) && !entries.some(({ entry }) => entry.digest === name)) {
    return openBlobImage({ blobs, root: { digest: name, annotations: new Map() }, reference, options });
  }
  const named = selectByName(entries, { label, name });
  const { chosen, twins } = choosePlatform(
    named.map(({ entry }) => entry),
    { label, requested: options.platform },
  );
  const namesakes = named.filter(({ names }) => names.length > 0).map(({ entry }) => entry);
  const others = [...new Set([...twins, ...namesakes])].filter((entry) => entry !== chosen);
  return openBlobImage({ blobs, root: chosen, others, reference, options });
}

/** A manifest or index in memory, as a descriptor. */
export function descriptorOf(bytes: Uint8Array): ContentDescriptor {
  return { digest: sha256Of(bytes), size: bytes.length, data: bytes, annotations: new Map() };
}
