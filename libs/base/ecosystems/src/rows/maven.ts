import type { Ecosystem } from '../ecosystem';

const extensions = ['jar', 'war', 'ear', 'par', 'jpi', 'hpi', 'aar', 'rar'];
const archives = [...extensions, ...extensions.map((one) => one.toUpperCase())].map((extension) => `**/*.${extension}`);

/** Packages of Java: `group:artifact`. */
export const maven: Ecosystem = {
  type: 'maven',
  namespace: 'maven',
  versionScheme: 'maven',
  osv: { name: 'Maven', downloaded: true },
  otherNames: ['java'],
  // The name of a file has no group; several groups may publish an artifact of one name.
  lacksInName: (name) => (name.includes(':') ? undefined : 'group unknown'),
  purlName: (name) => name.replace(':', '/'),
  purlNeedsNamespace: true,
  readBy: [{ detector: 'java', signs: archives }],
  signs: ['**/*.kar', '**/*.class'],
  lockFiles: ['**/gradle.lockfile', '**/pom.xml'],
};
