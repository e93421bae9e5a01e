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
    partOf: (name) => name.slice(name.indexOf(':') + 1),
    mayBeOther: (part) => reversedDomain.test(part),
  },
  purlName: (name) => name.replace(':', '/'),
  purlSeparator: ':',
  purlNeedsNamespace: true,
  remedyInside,
  flavourOf: (version) => /[.-](android|jre\d*|jdk\d*|java\d+)$/i.exec(version)?.[1]?.toLowerCase(),
  readBy: [{ detector: 'java', signs: javaArchives }],
  signs: ['**/*.class'],
  lockFiles: [
    ...['**/gradle.lockfile', '**/buildscript-gradle.lockfile', '**/dependency-locks/*.lockfile'],
    '**/pom.xml',
  ],
  manifests: ['**/build.gradle', '**/build.gradle.kts'],
};
