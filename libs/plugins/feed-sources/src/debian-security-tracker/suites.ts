import { distributionOf } from '@clarion/distributions';

const releases = new Map(Object.entries(distributionOf('debian')?.codenames ?? {}));

/** Namespace of a suite. An unknown codename is kept as the release, so that nothing is lost. */
export function namespaceOf(suite: string): string {
  return `debian:${releases.get(suite) ?? suite}`;
}
