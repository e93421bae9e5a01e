import type { Digest, TagName, TagState } from '@clarion/model';

import { sortableTime } from './times';

/** A move of a tag to an image. */
export interface TagMove {
  readonly name: TagName;
  readonly image: Digest;
  /** RFC 3339. */
  readonly at: string;
  /** `TagState.moves` that the caller has seen; undefined: any. */
  readonly seen: number | undefined;
  /** A registry reports it. */
  readonly byRegistry?: boolean | undefined;
}

/**
 * The state of a tag after a move; `known` itself when it is unchanged (`TagStore.moveTag`). Throws `invalid-input`.
 */
export function movedTag(
  known: TagState | undefined,
  { name, image, at, seen, byRegistry = false }: TagMove,
): TagState {
  const time = sortableTime(at);
  const source = byRegistry ? ({ byRegistry } as const) : {};
  if (known?.image === image) return byRegistry && known.byRegistry !== true ? { ...known, ...source } : known;
  if (known !== undefined && seen !== undefined && known.moves !== seen) return known;
  const { repository, tag } = name;
  // Clocks of several machines differ: a tag never starts to name an image before it started to name the previous one.
  const from = known !== undefined && known.from > time ? known.from : time;
  return { repository, tag, image, from, moves: (known?.moves ?? 0) + 1, ...source };
}

/** More moves than any tag has. */
export const mostMoves = 999_999_999;

/** The number of a move as a key part that sorts the newest first. */
export function movePart(moves: number): string {
  return String(mostMoves - moves).padStart(9, '0');
}
