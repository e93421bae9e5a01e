import { ecosystemOf, isLockFile } from '@clarion/ecosystems';
import { evidencePath, type Finding, type PlacedFeature } from '@clarion/model';

/**
 * What to do about a finding of a package of a language, in the terms of its ecosystem: `upgrade lodash to 4.17.21 in
 * app/node_modules/lodash`, `rebuild usr/bin/app with golang.org/x/net v0.17.0`. A malicious package is to be removed.
 * A lock file is what to change, also where packages are compiled in.
 * Undefined for packages of distributions, and where there is no fix.
 */
export function remedyOf(
  feature: PlacedFeature,
  { fixedIn, kind }: Pick<Finding, 'fixedIn' | 'kind'>,
): string | undefined {
  const row = ecosystemOf(feature.type);
  if (row?.namespace === undefined) return undefined;
  const { name } = feature;
  const isLocked = isLockFile(row, feature.path);
  const isCompiled = row.compiledIn === true && !isLocked;
  const location = locationOf(feature, isLocked ? undefined : row.installedIn);
  if (kind === 'malicious') {
    return isCompiled ? `rebuild ${location} without ${name}` : `remove ${name} from ${location}`;
  }
  if (fixedIn === null) return undefined;
  if (!isCompiled) return `upgrade ${name} to ${fixedIn} in ${location}`;
  return `rebuild ${location} with ${row.withVersion?.(name, fixedIn) ?? `${name} ${fixedIn}`}`;
}

/** Where the package is to be replaced: in an archive, that archive. */
function locationOf(feature: PlacedFeature, installedIn: ((path: string) => string) | undefined): string {
  return feature.within === undefined && installedIn !== undefined ? installedIn(feature.path) : evidencePath(feature);
}
