import { groupOfArtifact, isKnownArtifact } from './artifact-groups';
import { type ArchiveFacts, isMavenId, isMavenVersion } from './coordinates';
import { type ArchiveName, archiveName, baseOf } from './file-name';
import type { Manifest } from './read-manifest';
import { artifactWithout, groupInManifest, groupInTitle } from './stated-names';

/** A package that indirect evidence names; its group may be unknown. */
export interface InferredPackage {
  readonly group?: string;
  readonly artifact: string;
  readonly version: string;
}

/**
 * The package that an archive itself is, where no file of Maven says so: its file name, and the manifest for what that
 * lacks. The group is that of a known artifact, else one that a build tool wrote into the manifest (`groupInManifest`).
 */
export function inferPackage(
  path: string,
  { packages, manifest = new Map<string, string>() }: ArchiveFacts,
): InferredPackage | undefined {
  const stated = versionIn(manifest);
  const named = nameOf(path, stated);
  if (named === undefined) return undefined;
  // Who deploys an application names its file.
  if (stated === undefined && application.test(path)) return undefined;
  const version = named.version ?? stated;
  if (!isMavenVersion(version)) return undefined;
  const artifact = named.version === undefined ? artifactWithout(version, named.artifact, manifest) : named.artifact;
  if (!isMavenId(artifact)) return undefined;
  if (packages.size > 0 && !isOther({ artifact, version, stated }, { named: named.version, packages }))
    return undefined;
  const group = isPlugin(manifest)
    ? manifest.get('group-id')
    : (groupInTitle(artifact, manifest) ?? groupOfArtifact(artifact, version) ?? groupInManifest(artifact, manifest));
  return { artifact, version, ...(isMavenId(group) && { group }) };
}

/** A known artifact may have a number in its name (`log4j-1.2-api.jar`), and any one a `v1` where its manifest has the version. */
function nameOf(path: string, stated: string | undefined): ArchiveName | undefined {
  const named = archiveName(path);
  const base = baseOf(path);
  if (named?.version === undefined || stated === undefined) return named;
  return isKnownArtifact(base) || /-v\d+$/.test(base) ? { artifact: base } : named;
}

const application = /\.(?:war|ear)$/i;

/**
 * Whether an archive with packages of Maven is not one of them: others were copied into it. Both its name and its
 * manifest must say so, because a file may have any name; of a known artifact with several others in it the name is
 * enough (`jython-standalone-2.7.1.jar`).
 */
function isOther(
  { artifact, version, stated }: { artifact: string; version: string; stated: string | undefined },
  { named, packages }: { named: string | undefined; packages: ArchiveFacts['packages'] },
): boolean {
  const isKnown = packages.size > 1 && stated === undefined && isKnownArtifact(artifact);
  if (named === undefined || (stated !== named && !isKnown)) return false;
  return ![...packages.values()].some((one) => one.artifactId === artifact || one.version === version);
}

function isPlugin(manifest: Manifest): boolean {
  return manifest.has('plugin-version') && manifest.has('short-name');
}

const versionAttributes = ['plugin-version', 'implementation-version', 'bundle-version', 'specification-version'];

/** Kotlin, Scala and ZooKeeper; what a bundle of Derby has is below. */
const ofBuild = /-release-\d+(?:\(.*)?$|\.v\d{8}-\d+-VFINAL-\w+$|-[0-9a-f]{40}$/;

/** The first word: `1.0 (private-1234-user)`. Without what names the build. */
function versionIn(manifest: Manifest): string | undefined {
  const found = versionAttributes.map((name) => manifest.get(name)).find((text) => text !== undefined && text !== '');
  const word = found?.split(' ', 1)[0]?.replace(ofBuild, '');
  return word?.replace(/^(\d+\.\d+\.\d)00000(\d)\.\d+$/, '$1.$2');
}
