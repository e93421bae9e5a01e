import type { Digest } from './digest';
import { repositoryOf } from './image';

/** A name in a repository that may be moved to another image: `registry.example/team/app` and `1`. */
export interface TagName {
  readonly repository: string;
  readonly tag: string;
}

/** The image that a tag names, and since when. */
export interface TagState extends TagName {
  readonly image: Digest;
  /** RFC 3339. */
  readonly from: string;
  /** How often it has been moved: the first image that it named has 1. Orders its images, whatever clocks say. */
  readonly moves: number;
  /** A registry reported it, not only a caller: it stays true when the image is deleted. */
  readonly byRegistry?: true;
}

/** A time in which a tag named an image. */
export interface TagPeriod {
  readonly image: Digest;
  /** RFC 3339; `until` is when it was first seen to name another image, null for the current one. */
  readonly from: string;
  readonly until: string | null;
}

/** Longer texts are not references: names of repositories have at most 255 characters, tags 128. */
const maxReference = 1000;

/** The tag that a reference names; undefined for one by digest, which always means the same image, or without a tag. */
export function tagOf(reference: string): TagName | undefined {
  if (reference.includes('@') || reference.length > maxReference) return undefined;
  const repository = repositoryOf(reference);
  return repository.length === reference.length
    ? undefined
    : { repository, tag: reference.slice(repository.length + 1) };
}

/** The canonical form of a tag: `registry.example/team/app:1`. */
export function formatTag({ repository, tag }: TagName): string {
  return `${repository}:${tag}`;
}
