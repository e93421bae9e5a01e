import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseArchive } from './parse';

const extensions = ['jar', 'war', 'ear', 'par', 'jpi', 'hpi', 'aar', 'rar'];
const archives = [...extensions, ...extensions.map((one) => one.toUpperCase())].map((extension) => `**/*.${extension}`);

/** Packages of Java: archives, the archives in them, and what has been copied into them. */
export const java: Detector = {
  id: 'java',
  kind: 'feature',
  version: 3,
  title: 'Java archives (pom.properties, pom.xml, manifest and file name of jar, war, ear and others, also nested)',
  files: {
    paths: archives,
    maxBytes: 32 * 1024 * 1024,
    excerpt: {
      kind: 'zip-members',
      members: ['**/pom.properties', '**/META-INF/maven/*/*/pom.xml', 'META-INF/MANIFEST.MF'],
      nested: archives,
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
