import type { StoredImage } from './catalogue';

/** The names of an image. */
export type ImageNames = Required<Pick<StoredImage, 'manifestDigest' | 'references'>> & Pick<StoredImage, 'byDigest'>;

/** The names of an image, from its record. */
export function namesOf({ manifestDigest, references = [], byDigest }: StoredImage): ImageNames {
  return { manifestDigest, references, ...(byDigest === true ? { byDigest } : {}) };
}
