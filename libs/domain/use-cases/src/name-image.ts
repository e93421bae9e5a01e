import { ClarionError, type Digest, formatTag, type TagName } from '@clarion/model';
import type { UseCaseContext } from './context';

/** How often the registry is asked again when other submissions move the same tag at the same time. */
const maxTries = 3;

export interface ImageNaming {
  readonly tag: TagName;
  readonly digest: Digest;
  /** How often the tag had been moved before it was resolved. */
  readonly moves: number;
  /** Resolves the tag again to its current image. */
  readonly lookAgain: () => Promise<Digest | undefined>;
}

/** Rejects a reference by digest for an image with another digest. Throws `digest-mismatch`. */
export function requireOwnDigest(name: string, digest: Digest): void {
  const claimed = name.indexOf('@');
  if (claimed < 0 || name.slice(claimed + 1) === digest) return;
  throw new ClarionError('digest-mismatch', `The reference ${name} names another image than ${digest}`, {
    remedy: 'leave the digest out, or give that of the image',
  });
}

/** How often a tag has been moved so far. */
export async function movesOf(tag: TagName, { store }: Pick<UseCaseContext, 'store'>): Promise<number> {
  return (await store.tags([tag])).get(formatTag(tag))?.moves ?? 0;
}

/**
 * Moves a tag to the image that it was resolved to. When another submission has moved it since, no clock shows which
 * of them asked the registry first: the registry is asked again, and an image that the tag no longer points to does
 * not get it.
 */
export async function nameImage(
  naming: ImageNaming,
  { store, now }: Pick<UseCaseContext, 'store' | 'now'>,
): Promise<void> {
  const { tag, digest, lookAgain } = naming;
  let { moves } = naming;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const state = await store.moveTag(tag, digest, { at: now().toISOString(), moves, byRegistry: true });
    if (state.image === digest) return;
    moves = state.moves;
    if ((await lookAgain()) !== digest) return;
  }
}

/**
 * Whether a registry has resolved a tag to another image. A caller's claim does not override that: otherwise any
 * caller could hide the images that others pull from searches and notifications.
 */
export async function isOfRegistry(
  { tag, digest }: Pick<ImageNaming, 'tag' | 'digest'>,
  { store, log }: Pick<UseCaseContext, 'store' | 'log'>,
): Promise<boolean> {
  const known = (await store.tags([tag])).get(formatTag(tag));
  if (known === undefined || known.image === digest) return false;
  // Tags of earlier versions do not record it; for those, the image does, while it exists.
  const taken = known.byRegistry === true || (await store.image(known.image))?.submission?.origin.kind === 'registry';
  if (taken) log?.warn('A tag that a registry knows was claimed for another image', { tag: formatTag(tag), digest });
  return taken;
}

/** Gives a tag to an image on the claim of a caller alone. */
export async function nameClaimedImage(
  naming: Pick<ImageNaming, 'tag' | 'digest'>,
  context: Pick<UseCaseContext, 'store' | 'now' | 'log'>,
): Promise<void> {
  const { tag, digest } = naming;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const moves = await movesOf(tag, context);
    if (await isOfRegistry(naming, context)) return;
    const at = context.now().toISOString();
    if ((await context.store.moveTag(tag, digest, { at, moves })).image === digest) return;
  }
}
