import type { AffectedImage, AffectedPackage } from '@clarion/model';

/** Whether an image changed in nothing but the states of its packages. */
export function isStateChange({
  transition,
  before,
  after,
}: Pick<AffectedImage, 'transition' | 'before' | 'after'>): boolean {
  return transition === 'changed' && stateless(before) === stateless(after);
}

function stateless(packages: readonly AffectedPackage[]): string {
  return JSON.stringify(
    packages.map(({ state: _, ...rest }) => Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
