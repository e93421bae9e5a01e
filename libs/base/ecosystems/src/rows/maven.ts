import type { Ecosystem, FixedPackage } from '../ecosystem';
import { javaArchives } from '../java-archives';

/** An archive that is not named after the package contains it, shaded or among others. */
function remedyInside({ name, version, path }: FixedPackage): string | undefined {
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (file.startsWith(name.slice(name.indexOf(':') + 1).toLowerCase())) return undefined;
  return `upgrade ${path} to a version with ${name} ${version}`;
}

/** The names of modules and bundles begin with a domain (`org.apache.commons.io`), those of artifacts mostly do not. */
const reversedDomain = /^[A-Za-z]\w*(?:\.[A-Za-z_][\w-]*)+$/;

/** The artifact, and without the release of Scala that it is for: titles lack that. */
function partsOf(name: string): readonly string[] {
  const artifact = name.slice(name.indexOf(':') + 1);
  return [...new Set([artifact, artifact.replace(/_(?:2\.\d+|3)$/, '')])];
}

/** Titles are for people (`Jackson-core`): a name with capital letters is that of the file, or may be one. */
function mayBeOther(part: string, path: string): boolean {
  const isOfFile = path.slice(path.lastIndexOf('/') + 1).startsWith(part);
  return reversedDomain.test(part) || (/[A-Z]/.test(part) && !isOfFile);
}

/** Packages of Java: `group:artifact`. */
export const maven: Ecosystem = {
  type: 'maven',
  namespace: 'maven',
  versionScheme: 'maven',
  osv: { name: 'Maven', downloaded: true },
  otherNames: ['java'],
  // The name of a file has no group; several groups may publish an artifact of one name.
  partialNames: {
    lacks: (name) => (name.includes(':') ? undefined : 'group unknown'),
    partsOf,
    mayBeOther,
  },
  purlName: (name) => name.replace(':', '/'),
  purlSeparator: ':',
  purlNeedsNamespace: true,
  remedyInside,
  flavourOf: (version) => /[.-](android|jre\d*|jdk\d*|java\d+)$/i.exec(version)?.[1]?.toLowerCase(),
  readBy: [{ detector: 'java', signs: javaArchives }],
  signs: ['**/*.class'],
  lockFiles: [
    ...[
      '**/gradle.lockfile',
      '**/buildscript-gradle.lockfile',
      '**/settings-gradle.lockfile',
      '**/dependency-locks/*.lockfile',
    ],
    '**/pom.xml',
  ],
  manifests: ['**/build.gradle', '**/build.gradle.kts'],
  rootManifests: ['build.gradle', 'build.gradle.kts'],
};
