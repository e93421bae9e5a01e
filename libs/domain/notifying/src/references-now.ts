import { formatTag, tagOf, type ImageNames, type TagName, type TagStore } from '@clarion/model';

/** The references of an image by whether they mean it today. */
export interface ReferencesNow extends ImageNames {
  /** References by tags that were moved to other images since, sorted. */
  readonly formerReferences: readonly string[];
}

/**
 * Which of the references that images were submitted under still mean them. The tag decides, and not the record of the image:
 * a tag names one image only. References by digest and without a tag always mean what they meant, and so do tags of which
 * nobody has written down where they were moved.
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
 * Whether anybody still means an image: not one whose tags have all been moved, unless somebody submitted it without a name.
 * One that never had any is meant by its digest.
 */
export function isReferenced({ references, formerReferences, byDigest }: ReferencesNow): boolean {
  return byDigest === true || references.length > 0 || formerReferences.length === 0;
}
