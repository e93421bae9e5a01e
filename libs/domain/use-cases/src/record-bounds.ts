import { ClarionError, type Image, type ImageSource } from '@clarion/model';

/**
 * Maximum characters of the record of a submitted image, each part as JSON: every list of images reads all of it.
 *
 * - `image`: 512 layers, each with two digests, a media type, a size and 128 characters of its step, have 220,000.
 * - `source`: the layer addresses given by callers. 128 signed addresses of 2,000 characters, or 30 layers with a token
 *   of 6 KiB each.
 * - `references`: a thousand of 65 characters.
 */
export const recordLimits = {
  image: 256 * 1024,
  source: 256 * 1024,
  references: 64 * 1024,
  reference: 1024,
} as const;

/** Rejects an image that is too large for its record. Throws `limit-exceeded`. */
export function boundRecord({ image, source }: { readonly image: Image; readonly source: ImageSource }): void {
  const { reference } = image;
  atMost(reference.length, recordLimits.reference, 'The reference');
  atMost(JSON.stringify(image).length, recordLimits.image, 'The description of the layers');
  atMost(JSON.stringify(source).length, recordLimits.source, 'What says where the layers are (addresses and headers)');
}

function atMost(characters: number, limit: number, what: string): void {
  if (characters <= limit) return;
  throw new ClarionError('limit-exceeded', `${what} has ${characters} characters, the limit is ${limit}`, {
    remedy: 'name the image by the reference of a registry, or upload its archive',
  });
}

const mostReferences = 1000;

/**
 * The first references, as many as a record may hold: the record of an image that is pushed under a new tag at every
 * build must not grow without limit.
 */
export function boundReferences(references: Iterable<string>): readonly string[] {
  const kept: string[] = [];
  let characters = 0;
  for (const reference of references) {
    characters += reference.length;
    if (kept.length === mostReferences || characters > recordLimits.references) break;
    kept.push(reference);
  }
  return kept;
}
