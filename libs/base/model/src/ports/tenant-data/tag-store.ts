import type { Digest } from '../../digest';
import type { Page, PageRequest } from '../../page';
import type { TagName, TagPeriod, TagState } from '../../tag';

/** How a tag is moved. */
export interface TagMoveOptions {
  /** RFC 3339. */
  readonly at: string;
  readonly moves?: number;
  /** A registry reports it. */
  readonly byRegistry?: boolean;
}

/** What tags name and have named. Independent of whether the images are still known. */
export interface TagStore {
  /**
   * Moves a tag to an image, atomically; nothing changes for an image that it already names. `moves` is the
   * `TagState.moves` that the caller saw before it resolved the tag (0: unknown tag): if the tag was moved since,
   * nothing happens. `byRegistry` is kept in the state, also when the tag already names the image. Resolves to the
   * resulting state.
   */
  moveTag(tag: TagName, image: Digest, options: TagMoveOptions): Promise<TagState>;
  /** The state of each of the tags, by `formatTag`; unknown tags are absent. */
  tags(names: readonly TagName[]): Promise<ReadonlyMap<string, TagState>>;
  /** What a tag named, newest first. Without periods that ended before the time that `StoreMaintenance.prune` keeps. */
  tagPeriods(tag: TagName, page: PageRequest): Promise<Page<TagPeriod>>;
}
