import { namespaceFamily, type PlacedFeature } from '@clarion/model';
import { oracleFlavour } from './oracle/oracle-flavour';
import { ubuntuFlavour } from './ubuntu/ubuntu-builds';

/** The flavour of a version of a package; undefined for an ordinary build, and where a distribution has none. */
export function buildFlavour({ name, namespace }: PlacedFeature, version: string): string | undefined {
  switch (namespaceFamily(namespace ?? '')) {
    case 'oracle':
      return oracleFlavour(name, version);
    case 'ubuntu':
      return ubuntuFlavour(version);
    default:
      return undefined;
  }
}
