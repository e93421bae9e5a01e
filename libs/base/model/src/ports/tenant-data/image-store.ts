import type { ImageState, StoredImage } from '../../catalogue';
import type { Digest } from '../../digest';
import type { ImageNames } from '../../image-names';
import type { Page, PageRequest } from '../../page';

/** Which images. Exactly one member is set: every question is answered by an index. */
export type ImageQuery =
  | { readonly by: 'all' }
  | { readonly by: 'state'; readonly state: ImageState }
  /** A reference without tag and digest: `registry.example/team/app`. */
  | { readonly by: 'repository'; readonly repository: string }
  | { readonly by: 'composition'; readonly composition: string }
  | { readonly by: 'layer'; readonly layer: Digest };

/** Computes the new record from the stored one; undefined leaves things as they are. Pure: it may be called again. */
export type ImageChange = (known: StoredImage | undefined) => StoredImage | undefined;

/** Images by manifest digest: those that were submitted, and those that only a command line scanned. */
export interface ImageStore {
  /** Of an image that was submitted, one without submission only tells when it was used. */
  putImage(image: StoredImage): Promise<void>;
  image(manifestDigest: Digest): Promise<StoredImage | undefined>;
  /**
   * Reads, changes and writes one image as one step. Resolves to what is stored now; rejects with what `change` throws, and
   * with `invalid-input` when it gives another image.
   */
  changeImage(manifestDigest: Digest, change: ImageChange): Promise<StoredImage | undefined>;
  /** Submitted images in the order of their digests; those that only a command line scanned are none. */
  images(query: ImageQuery, page: PageRequest): Promise<Page<StoredImage>>;
  /** Of the images of a composition, in the order of their digests, what tells of them: many at a time cost little. */
  imageNames(composition: string, page: PageRequest): Promise<Page<ImageNames>>;
  /** Layers stay. False when it was not there. */
  forgetImage(manifestDigest: Digest): Promise<boolean>;
}
