import type { AffectedImage, AffectedPackage } from '@clarion/model';

/** Whether an image changed in nothing but the states of its packages. */
export function isStateChange(image: Pick<AffectedImage, 'transition' | 'before' | 'after'>): boolean {
  return image.transition === 'changed' && stateless(image.before) === stateless(image.after);
}

function stateless(packages: readonly AffectedPackage[]): string {
  return JSON.stringify(
    packages.map(({ namespace, name, version, architecture, severity, fixedIn }) => [
      namespace,
      name,
      version,
      architecture,
      severity,
      fixedIn,
    ]),
  );
}
