import { formatTag, tagOf, type ImageNames, type TagName, type TagStore } from '@clarion/model';

/** The references of an image, divided into current and former ones. */
export interface ReferencesNow extends ImageNames {
  /** References by tags that were moved to other images, sorted. */
  readonly formerReferences: readonly string[];
}

/**
 * Which of the submitted references still point to their images. The tag decides, not the record of the image: a tag
 * points to one image only. References by digest and without a tag never change, and neither do tags without a recorded
 * move.
 */
export async function referencesNow(
  images: readonly ImageNames[],
  store: Pick<TagStore, 'tags'>,
): Promise<readonly ReferencesNow[]> {
  const names = new Map<string, TagName>();
  for (const reference of images.flatMap(({ references }) => references)) {
    const tag = tagOf(reference);
    if (tag !== undefined) names.set(reference, tag);
  }
  const states = names.size === 0 ? new Map<string, never>() : await store.tags([...names.values()]);
  return images.map(({ manifestDigest, references, byDigest }) => {
    const isFormer = (reference: string): boolean => {
      const tag = names.get(reference);
      const state = tag === undefined ? undefined : states.get(formatTag(tag));
      return state !== undefined && state.image !== manifestDigest;
    };
    return {
      manifestDigest,
      references: references.filter((reference) => !isFormer(reference)),
      formerReferences: references.filter(isFormer),
      ...(byDigest === true ? { byDigest } : {}),
    };
  });
}

/**
 * Whether an image is still referenced: not if all of its tags have been moved, unless it was also submitted without a
 * name. An image that never had a reference is identified by its digest.
 */
export function isReferenced({ references, formerReferences, byDigest }: ReferencesNow): boolean {
  return byDigest === true || references.length > 0 || formerReferences.length === 0;
}
