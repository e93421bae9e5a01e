import type { Digest } from '../../digest';
import type { Page, PageRequest } from '../../page';
import type { TagName, TagPeriod, TagState } from '../../tag';

/** How a tag is moved. */
export interface TagMoveOptions {
  /** RFC 3339. */
  readonly at: string;
  readonly moves?: number;
  /** A registry says so. */
  readonly byRegistry?: boolean;
}

/** What tags name and have named. It is independent of whether the images are still known. */
export interface TagStore {
  /**
   * Moves a tag to an image, as one step; an image that it names already stays what it is. `moves` is the `TagState.moves`
   * that the caller has seen before it looked what the tag means (0: none): if it was moved since, nothing happens.
   * `byRegistry` is kept in the state, also when the tag names the image already. Resolves to what it names then.
   */
  moveTag(tag: TagName, image: Digest, options: TagMoveOptions): Promise<TagState>;
  /** The state of each of the tags, by `formatTag`; those never seen are absent. */
  tags(names: readonly TagName[]): Promise<ReadonlyMap<string, TagState>>;
  /** What a tag named, newest first. Periods that ended before `StoreMaintenance.prune` was told to keep them are gone. */
  tagPeriods(tag: TagName, page: PageRequest): Promise<Page<TagPeriod>>;
}
