import { type Finding, formatPlatform, type Image } from '@clarion/model';

/** The image of a time line. */
export function shownImage({ reference, manifestDigest, platform }: Image): object {
  return { reference, manifestDigest: manifestDigest ?? null, platform: formatPlatform(platform) };
}

/** A state with its fix, for tables. */
export function stateText({ state, fixedIn }: Pick<Finding, 'state' | 'fixedIn'>): string {
  return fixedIn === null ? state.replaceAll('_', ' ') : `fixed in ${fixedIn}`;
}
