import type { AffectedImage, AffectedPackage } from '@clarion/model';

/** Whether an image changed in nothing but the states of its packages. */
export function isStateChange(image: Pick<AffectedImage, 'transition' | 'before' | 'after'>): boolean {
  const { transition, before, after } = image;
  if (transition !== 'changed' || before.length !== after.length) return false;
  // Of many packages mostly the first one tells.
  if (!before.every((one, at) => stateless(one) === stateless(after[at]))) return false;
  return before.some(({ state }, at) => state !== after[at]?.state);
}

/** Whether an image is `changed` by nothing that its packages tell: the flaw is another risk than before. */
export function isExploitationChange(image: Pick<AffectedImage, 'transition' | 'before' | 'after'>): boolean {
  const { transition, before, after } = image;
  return transition === 'changed' && JSON.stringify(before) === JSON.stringify(after);
}

function stateless(of: AffectedPackage | undefined): string {
  return JSON.stringify([of?.namespace, of?.name, of?.version, of?.architecture, of?.severity, of?.fixedIn]);
}
