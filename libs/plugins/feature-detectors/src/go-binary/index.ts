import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseGoBinary } from './parse';

/** Modules that Go programs and libraries were built of, and the version of Go. */
export const goBinary: Detector = {
  id: 'go-binary',
  kind: 'feature',
  version: 1,
  title: 'Go modules and standard library in programs (build information)',
  enabled: false,
  files: {
    paths: ['**'],
    // A library needs no execute bit.
    magic: ['elf', 'pe', 'mach-o'],
    maxBytes: 8 * 1024 * 1024,
    excerpt: { kind: 'go-build-info' },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseGoBinary(file, budget));
  },
};
