import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseRustBinary } from './parse';

/** Crates that Rust programs and libraries were built of, where they were built with cargo-auditable. */
export const rustBinary: Detector = {
  id: 'rust-binary',
  kind: 'feature',
  version: 1,
  title: 'Rust crates in programs (cargo-auditable)',
  files: {
    paths: ['**'],
    magic: ['elf', 'pe', 'mach-o'],
    maxBytes: 16 * 1024 * 1024,
    excerpt: { kind: 'sections', sections: ['.dep-v0', '__DATA,.dep-v0'], maxSectionBytes: 4 * 1024 * 1024 },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseRustBinary(file, budget));
  },
};
