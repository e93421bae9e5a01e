import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseBinary } from './parse';
import { programNames } from './programs';
import { searchedPatterns } from './searched-patterns';

/** Where compilers put data: less than half of most programs. */
const dataSections = [
  ...['.rodata', '.data.rel.ro', '.data', '.go.buildinfo', '.rdata'],
  ...['__TEXT,__const', '__TEXT,__cstring', '__DATA,__data', '__DATA_CONST,__const', '__DATA,__go_buildinfo'],
];

/** Runtimes and libraries copied into images as plain files: the name of the file and the version written into it. */
export const binaries: Detector = {
  id: 'binaries',
  kind: 'feature',
  version: 2,
  title: 'Runtimes and libraries without a package: node, python, nginx, openssl and others (version in the program)',
  files: {
    paths: programNames.map((name) => `**/${name}`),
    // A library needs no execute bit.
    magic: ['elf', 'pe', 'mach-o'],
    maxBytes: 2 * 1024 * 1024,
    excerpt: {
      kind: 'patterns',
      patterns: searchedPatterns,
      before: 96,
      after: 96,
      maxMatches: 10_000,
      sections: dataSections,
      wholeOtherwise: true,
    },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseBinary(file, budget));
  },
};
