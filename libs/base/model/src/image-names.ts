import type { StoredImage } from './catalogue';

/** What people know an image by. */
export type ImageNames = Required<Pick<StoredImage, 'manifestDigest' | 'references'>> & Pick<StoredImage, 'byDigest'>;

/** What people know an image by, of its record. */
export function namesOf({ manifestDigest, references = [], byDigest }: StoredImage): ImageNames {
  return { manifestDigest, references, ...(byDigest === true ? { byDigest } : {}) };
}
