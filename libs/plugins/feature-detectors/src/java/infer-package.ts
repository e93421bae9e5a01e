import { groupOfArtifact } from './artifact-groups';
import { type ArchiveFacts, isMavenId, isMavenVersion } from './coordinates';
import { archiveName } from './file-name';
import type { Manifest } from './read-manifest';

/** A package that indirect evidence names; its group may be unknown. */
export interface InferredPackage {
  readonly group?: string;
  readonly artifact: string;
  readonly version: string;
}

/**
 * The package that an archive itself is, where no file of Maven says so: its file name, and the manifest for what that
 * lacks. A manifest is no source of groups, except where it has the one of Maven: in plugins of Jenkins, and where the title
 * is `GROUP:ARTIFACT`.
 */
export function inferPackage(
  path: string,
  { packages, manifest = new Map<string, string>() }: ArchiveFacts,
): InferredPackage | undefined {
  const named = archiveName(path);
  if (named === undefined) return undefined;
  const stated = versionIn(manifest);
  // Who deploys an application names its file.
  if (stated === undefined && application.test(path)) return undefined;
  const version = named.version ?? stated;
  const titled = titleIn(manifest);
  const artifact = named.version === undefined ? (titled?.artifact ?? artifactIn(manifest)) : named.artifact;
  if (!isMavenVersion(version) || !isMavenId(artifact)) return undefined;
  if (packages.size > 0 && !isOther({ artifact, version, stated }, { named: named.version, packages }))
    return undefined;
  const ofPlugin = isPlugin(manifest) ? manifest.get('group-id') : undefined;
  const ofTitle = titled?.artifact === artifact ? titled.group : undefined;
  const group = ofPlugin ?? ofTitle ?? groupOfArtifact(artifact, version);
  return { artifact, version, ...(isMavenId(group) && { group }) };
}

const application = /\.(?:war|ear)$/i;

/**
 * Whether an archive with packages of Maven is not one of them: others were copied into it. Both its name and its
 * manifest must say so, because a file may have any name.
 */
function isOther(
  { artifact, version, stated }: { artifact: string; version: string; stated: string | undefined },
  { named, packages }: { named: string | undefined; packages: ArchiveFacts['packages'] },
): boolean {
  if (named === undefined || stated !== named) return false;
  return ![...packages.values()].some((one) => one.artifactId === artifact || one.version === version);
}

function isPlugin(manifest: Manifest): boolean {
  return manifest.has('plugin-version') && manifest.has('short-name');
}

/** `Implementation-Title: org.apache.xmlgraphics:batik-all` */
function titleIn(manifest: Manifest): { readonly group: string; readonly artifact: string } | undefined {
  const [group, artifact, ...more] = manifest.get('implementation-title')?.split(':') ?? [];
  return isMavenId(group) && isMavenId(artifact) && more.length === 0 ? { group, artifact } : undefined;
}

const versionAttributes = ['plugin-version', 'implementation-version', 'bundle-version', 'specification-version'];

/** The first word: `1.0 (private-1234-user)`. */
function versionIn(manifest: Manifest): string | undefined {
  const found = versionAttributes.map((name) => manifest.get(name)).find((text) => text !== undefined && text !== '');
  return found?.split(' ', 1)[0];
}

const nameAttributes = ['short-name', 'implementation-title', 'bundle-symbolicname', 'automatic-module-name'];

/** The first one that can be an artifact: titles for people have blanks. Of a symbolic name, what precedes options. */
function artifactIn(manifest: Manifest): string | undefined {
  return nameAttributes.map((name) => manifest.get(name)?.split(';', 1)[0]?.trim()).find(isMavenId);
}
