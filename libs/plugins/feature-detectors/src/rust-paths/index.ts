import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseRustPaths } from './parse';

/** Crates of Rust programs that no list names, inferred from the paths of their sources in messages of panics. */
export const rustPaths: Detector = {
  id: 'rust-paths',
  kind: 'feature',
  version: 1,
  title: 'Rust crates in programs without a list of crates (inferred from the paths of sources)',
  files: {
    paths: ['**'],
    magic: ['elf', 'pe', 'mach-o'],
    maxBytes: 4 * 1024 * 1024,
    excerpt: {
      kind: 'patterns',
      patterns: ['registry/src/', 'registry\\src\\'],
      before: 0,
      after: 300,
      maxMatches: 10_000,
      // Where compilers put constants.
      sections: ['.rodata', '.rdata', '__TEXT,__const', '__TEXT,__cstring', '__DATA_CONST,__const'],
      // `rust-binary` reads those.
      withoutSections: ['.dep-v0', '__DATA,.dep-v0'],
    },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseRustPaths(file, budget));
  },
};
