import type { Ecosystem } from '../ecosystem';

/** Packages of Java: `group:artifact`. */
export const maven: Ecosystem = {
  type: 'maven',
  namespace: 'maven',
  versionScheme: 'maven',
  osv: { name: 'Maven', downloaded: true },
  otherNames: ['java'],
  purlName: (name) => name.replace(':', '/'),
  signs: [
    ...['**/*.jar', '**/*.war', '**/*.ear', '**/*.JAR', '**/*.WAR', '**/*.EAR'],
    ...['**/*.hpi', '**/*.jpi', '**/*.kar', '**/*.class', '**/gradle.lockfile'],
  ],
};
