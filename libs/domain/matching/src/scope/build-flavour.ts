import { namespaceFamily, type PlacedFeature } from '@clarion/model';

/**
 * The flavour of a version of a package: Oracle builds some packages again for live patching (`.ksplice1`), as
 * certified modules (`_fips`) and as its own kernel (`el8uek`); Ubuntu as certified modules (`+Fips1`, `~fips`).
 * Undefined for an ordinary build, and for other distributions.
 */
export function buildFlavour({ name, namespace }: PlacedFeature, version: string): string | undefined {
  switch (namespaceFamily(namespace ?? '')) {
    case 'oracle':
      if (version.includes('.ksplice') || (version !== '' && name.startsWith('ksplice-'))) return 'ksplice';
      if (version.includes('_fips')) return 'fips';
      return /\.el\d{1,2}uek/.test(version) ? 'uek' : undefined;
    case 'ubuntu':
      return /[+~.]fips/i.test(version) ? 'fips' : undefined;
    default:
      return undefined;
  }
}

/** Channels of Ubuntu that hold nothing but certified modules. */
export function isFipsChannel(channel: string | undefined): boolean {
  return channel !== undefined && /^fips(?:-|$)/.test(channel);
}
