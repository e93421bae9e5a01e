import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseBinary } from './parse';
import { programNames } from './programs';
import { searchedPatterns } from './searched-patterns';

/** Runtimes and libraries copied into images as plain files: the name of the file and the version written into it. */
export const binaries: Detector = {
  id: 'binaries',
  kind: 'feature',
  version: 1,
  title: 'Runtimes and libraries without a package: node, python, nginx, openssl and others (version in the program)',
  files: {
    paths: programNames.map((name) => `**/${name}`),
    // A library needs no execute bit.
    magic: ['elf', 'pe', 'mach-o'],
    maxBytes: 2 * 1024 * 1024,
    excerpt: { kind: 'patterns', patterns: searchedPatterns, before: 96, after: 96, maxMatches: 10_000 },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseBinary(file, budget));
  },
};
