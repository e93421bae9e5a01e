import type { AffectedImage, AffectedPackage } from '@clarion/model';

/** Whether only the states of an image's packages changed. */
export function isStateChange(image: Pick<AffectedImage, 'transition' | 'before' | 'after'>): boolean {
  const { transition, before, after } = image;
  if (transition !== 'changed' || before.length !== after.length) return false;
  // If there are many packages, the first one usually decides.
  if (!before.every((one, at) => stateless(one) === stateless(after[at]))) return false;
  return before.some(({ state }, at) => state !== after[at]?.state);
}

/** Whether an image is `changed` without any difference in its packages: only the exploitation risk changed. */
export function isExploitationChange(image: Pick<AffectedImage, 'transition' | 'before' | 'after'>): boolean {
  const { transition, before, after } = image;
  return transition === 'changed' && JSON.stringify(before) === JSON.stringify(after);
}

function stateless(of: AffectedPackage | undefined): string {
  return JSON.stringify([of?.namespace, of?.name, of?.version, of?.architecture, of?.severity, of?.fixedIn, of?.kind]);
}
