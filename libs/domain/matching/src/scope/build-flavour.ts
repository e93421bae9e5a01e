import { distributionOf } from '@clarion/distributions';
import type { PlacedFeature } from '@clarion/model';

/**
 * The flavour of a version of a package that its distribution builds in several ways (for live patching, as certified
 * modules); undefined for an ordinary build.
 */
export function buildFlavour({ name, namespace }: PlacedFeature, version: string): string | undefined {
  if (version === '') return undefined;
  return distributionOf(namespace)?.flavours?.find(
    (flavour) => flavour.version.test(version) || flavour.name?.test(name) === true,
  )?.flavour;
}

/** Channels that have nothing but certified modules. */
export function isFipsChannel(channel: string | undefined): boolean {
  return channel !== undefined && /^fips(?:-|$)/.test(channel);
}
