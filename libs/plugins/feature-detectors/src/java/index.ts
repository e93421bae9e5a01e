import { javaArchives } from '@clarion/ecosystems';
import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseArchive } from './parse';

/** Packages of Java: archives, the archives in them, and what has been copied into them. */
export const java: Detector = {
  id: 'java',
  kind: 'feature',
  version: 5,
  title: 'Java archives (pom.properties, pom.xml, manifest and file name of jar, war, ear and others, also nested)',
  files: {
    paths: javaArchives,
    maxBytes: 32 * 1024 * 1024,
    excerpt: {
      kind: 'zip-members',
      members: ['**/pom.properties', '**/META-INF/maven/*/*/pom.xml', 'META-INF/MANIFEST.MF'],
      nested: javaArchives,
      depth: 5,
      maxMemberBytes: 4 * 1024 * 1024,
      maxMembers: 10_000,
    },
    // The name of a file may be all that names the package in it.
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseArchive(file, budget));
  },
};
