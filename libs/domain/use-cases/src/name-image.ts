import { type Digest, formatTag, type TagName } from '@clarion/model';
import type { Context } from './context';

/** How often the registry is asked again when others move the same tag at the same time. */
const maxTries = 3;

export interface Naming {
  readonly tag: TagName;
  readonly digest: Digest;
  /** How often the tag had been moved before it was looked what it means. */
  readonly moves: number;
  /** Asks anew which image the tag means now. */
  readonly lookAgain: () => Promise<Digest | undefined>;
}

/** How often a tag has been moved, as of now. */
export async function movesOf(tag: TagName, { store }: Pick<Context, 'store'>): Promise<number> {
  return (await store.tags([tag])).get(formatTag(tag))?.moves ?? 0;
}

/**
 * Moves a tag to the image that it was found to mean. When another submission moved it since, either may have asked the registry
 * first, which no clock tells: it is asked again, and an image that is not what the tag means any more does not get it.
 */
export async function nameImage(naming: Naming, { store, now }: Pick<Context, 'store' | 'now'>): Promise<void> {
  const { tag, digest, lookAgain } = naming;
  let { moves } = naming;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const state = await store.moveTag(tag, digest, { at: now().toISOString(), moves });
    if (state.image === digest) return;
    moves = state.moves;
    if ((await lookAgain()) !== digest) return;
  }
}
