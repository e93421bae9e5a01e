import { ecosystemOf, isLockFile } from '@clarion/ecosystems';
import { evidencePath, type Finding, type PlacedFeature } from '@clarion/model';

/**
 * What to do about a finding of a package of a language, in the terms of its ecosystem: `upgrade lodash to 4.17.21 in
 * app/node_modules/lodash`, `rebuild usr/bin/app with golang.org/x/net v0.17.0`. A malicious package is to be removed.
 * A lock file is what to change, also where packages are compiled in. Where another package brings it, that one is to
 * be upgraded: `upgrade npm in usr/local/lib/node_modules to a version with tar 6.2.1`.
 * Undefined for packages of distributions, and where there is no fix.
 */
export function remedyOf(
  feature: PlacedFeature,
  { fixedIn, nearestFix, kind }: Pick<Finding, 'fixedIn' | 'nearestFix' | 'kind'>,
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
  const { flavourOf } = row;
  const flavour = flavourOf?.(feature.version);
  if (flavour !== undefined && flavour !== flavourOf?.(fixedIn)) {
    if (typeof nearestFix === 'string' && flavourOf?.(nearestFix) === flavour) {
      return remedyOf(feature, { fixedIn: nearestFix });
    }
    return `upgrade ${name} in ${location} to a version for ${flavour} that is not older than ${fixedIn}`;
  }
  if (isLocked) return `upgrade ${name} to ${fixedIn} in ${location}`;
  const fixed = row.withVersion?.(name, fixedIn) ?? `${name} ${fixedIn}`;
  // The owner brings it, whatever tools the ecosystem has.
  if (feature.owner !== undefined) return `upgrade the package ${feature.owner} to a version with ${fixed}`;
  const inside = row.remedyInside?.({ name, version: fixedIn, path: evidencePath(feature) });
  if (inside !== undefined) return inside;
  return isCompiled ? `rebuild ${location} with ${fixed}` : `upgrade ${name} to ${fixedIn} in ${location}`;
}

/** Where the package is to be replaced: in an archive, that archive. */
function locationOf(feature: PlacedFeature, installedIn: ((path: string) => string) | undefined): string {
  const directory = installedIn?.(feature.path) ?? feature.path;
  return feature.within === undefined || directory !== feature.path ? directory : evidencePath(feature);
}
