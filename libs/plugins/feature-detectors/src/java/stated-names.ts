import { groupOfArtifact } from './artifact-groups';
import { isMavenId } from './coordinates';
import type { Manifest } from './read-manifest';

const nameAttributes = ['short-name', 'implementation-title', 'bundle-symbolicname', 'automatic-module-name'];
/** They may be titles for people too, which only confirm a name. */
const confirming = [...nameAttributes, 'bundle-name', 'specification-title', 'extension-name'];
const anyText = [...confirming, 'implementation-vendor-id', 'implementation-vendor', 'bundle-vendor', 'main-class'];

/**
 * The artifact that an archive is whose file name has no version: the name of the file where it is a known artifact or
 * the manifest confirms it, else a name in the manifest. Undefined where there is none.
 */
export function artifactWithout(version: string, base: string, manifest: Manifest): string | undefined {
  const tomcat = partOfTomcat(base, manifest);
  if (tomcat !== undefined) return tomcat;
  if (isMavenId(base) && (isConfirmed(base, manifest) || isKnown({ base, version }, manifest))) return base;
  const [, titled] = coordinatesIn(manifest) ?? [];
  if (titled !== undefined) return titled;
  const stated = nameAttributes.map((name) => plainName(manifest.get(name))).filter(isMavenId);
  const known = stated.flatMap((name) => [name, artifactOfModule(name)]).find((name) => isOfGroup(name, version));
  // The task of Gradle that wrote it.
  return known ?? stated.find((name) => name !== 'jar');
}

function isOfGroup(name: string | undefined, version: string): name is string {
  return name !== undefined && groupOfArtifact(name, version) !== undefined;
}

/** A known artifact; a plain word (`mail`) only if the manifest mentions it. */
function isKnown({ base, version }: { base: string; version: string }, manifest: Manifest): boolean {
  if (!isOfGroup(base, version)) return false;
  if (/[^A-Za-z]/.test(base)) return true;
  return anyText.some((name) => manifest.get(name)?.toLowerCase().includes(base.toLowerCase()) === true);
}

/** Whether a name in the manifest is that of the file, or ends in it: `org.apache.commons.lang` of commons-lang. */
function isConfirmed(base: string, manifest: Manifest): boolean {
  const words = wordsOf(base);
  return confirming.some((name) => {
    const stated = wordsOf(plainName(manifest.get(name)));
    return stated === words || (words.includes(' ') && stated.endsWith(` ${words}`));
  });
}

function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join(' ');
}

/** Of a symbolic name, what precedes options. */
function plainName(text = ''): string {
  return text.split(';', 1)[0]?.trim() ?? '';
}

/** The names of modules and bundles of Spring: `org.springframework.core`, `spring.boot.autoconfigure`. */
function artifactOfModule(name: string): string | undefined {
  const [, rest] = /^(?:org\.springframework|spring)\.([\w.]+)$/.exec(name) ?? [];
  return rest === undefined ? undefined : `spring-${rest.replaceAll('.', '-')}`;
}

/** Archives in the installation of Tomcat, which have other names as artifacts. */
const namesInTomcat: ReadonlyMap<string, string> = new Map(
  [
    ...['catalina', 'catalina-ha', 'jasper', 'jasper-el', 'el-api', 'jsp-api', 'servlet-api', 'jaspic-api'],
    ...['annotations-api', 'websocket-api', 'websocket-client-api'],
  ].map((name) => [name, `tomcat-${name}`]),
);
const otherNamesInTomcat: ReadonlyMap<string, string> = new Map([
  ['catalina-ant', 'tomcat-catalina-ant'],
  ['catalina-ssi', 'tomcat-ssi'],
  ['catalina-storeconfig', 'tomcat-storeconfig'],
  ['catalina-tribes', 'tomcat-tribes'],
  ['tomcat7-websocket', 'tomcat7-websocket'],
]);

function partOfTomcat(base: string, manifest: Manifest): string | undefined {
  if (manifest.get('implementation-title') !== 'Apache Tomcat') return undefined;
  return namesInTomcat.get(base) ?? otherNamesInTomcat.get(base);
}

/** Group and artifact in a title, as plugins of Gradle write it: `io.reactivex#rxjava;1.3.8`, `com.squareup:okio`. */
function coordinatesIn(manifest: Manifest): readonly [group: string, artifact: string] | undefined {
  const title = manifest.get('implementation-title') ?? '';
  const [, group, artifact] = /^([\w.-]{1,300})[#:]([\w.-]{1,300})(?:[;:].*)?$/.exec(title) ?? [];
  return isMavenId(group) && isMavenId(artifact) ? [group, artifact] : undefined;
}

/** The group of an artifact whose title is its whole coordinates. */
export function groupInTitle(artifact: string, manifest: Manifest): string | undefined {
  const [group, titled] = coordinatesIn(manifest) ?? [];
  return titled === artifact ? group : undefined;
}

/**
 * The group of an artifact in a manifest, from those attributes only that build tools make of it: the organisation that sbt writes (of artifacts for a release of Scala), and the symbolic name
 * `GROUP.ARTIFACT` of an artifact of several words. Vendors and other symbolic names are often not groups: of
 * `org.h2` the group is `com.h2database`, and that of caffeine is its symbolic name itself.
 */
export function groupInManifest(artifact: string, manifest: Manifest): string | undefined {
  if (/_(?:2\.\d+|3)$/.test(artifact)) return manifest.get('implementation-vendor-id');
  const bundle = plainName(manifest.get('bundle-symbolicname'));
  if (bundle === 'com.typesafe.config' && artifact === 'config') return 'com.typesafe';
  if (!artifact.includes('-') || !bundle.endsWith(`.${artifact}`)) return undefined;
  const before = bundle.slice(0, -artifact.length - 1);
  return before.includes('.') && !hosts.has(before) ? before : undefined;
}

/** Domains of many groups, which are not groups of libraries themselves. */
const hosts: ReadonlySet<string> = new Set([
  ...['com.github', 'com.google', 'com.googlecode', 'com.sun', 'io.github', 'net.sourceforge', 'org.apache'],
  ...['org.codehaus', 'org.eclipse', 'org.glassfish', 'org.jboss', 'org.osgi'],
]);
