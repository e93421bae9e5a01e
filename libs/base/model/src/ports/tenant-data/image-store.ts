import type { ImageState, StoredImage } from '../../catalogue';
import type { Digest } from '../../digest';
import type { ImageNames } from '../../image-names';
import type { Page, PageRequest } from '../../page';

/** Selects images. Exactly one member is set: every query is answered by an index. */
export type ImageQuery =
  | { readonly by: 'all' }
  | { readonly by: 'state'; readonly state: ImageState }
  /** A reference without tag and digest: `registry.example/team/app`. */
  | { readonly by: 'repository'; readonly repository: string }
  | { readonly by: 'composition'; readonly composition: string }
  | { readonly by: 'layer'; readonly layer: Digest };

/** Computes the new record from the stored one; undefined leaves it unchanged. Pure: it may be called again. */
export type ImageChange = (known: StoredImage | undefined) => StoredImage | undefined;

/** Images by manifest digest: submitted ones, and those that only the command line scanned. */
export interface ImageStore {
  /** For an image that was submitted, a record without a submission only updates the time of use. */
  putImage(image: StoredImage): Promise<void>;
  image(manifestDigest: Digest): Promise<StoredImage | undefined>;
  /**
   * Reads, changes and writes one image atomically. Resolves to the stored record; rejects with what `change` throws,
   * and with `invalid-input` when it returns another image.
   */
  changeImage(manifestDigest: Digest, change: ImageChange): Promise<StoredImage | undefined>;
  /** Submitted images in the order of their digests, without those that only the command line scanned. */
  images(query: ImageQuery, page: PageRequest): Promise<Page<StoredImage>>;
  /** The names of the images of a composition, in the order of their digests: cheap to read many at a time. */
  imageNames(composition: string, page: PageRequest): Promise<Page<ImageNames>>;
  /**
   * Names the last write of anything, by any process: as long as it is the same, every read gives the same. Undefined
   * where the store does not know. Cheap.
   */
  lastWrite(): Promise<string | undefined>;
  /** Layers stay. False when it did not exist. */
  forgetImage(manifestDigest: Digest): Promise<boolean>;
}
