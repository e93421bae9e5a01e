import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { functionRoom } from './linked-packages';
import { parseGoBinary } from './parse';

/** Modules that Go programs and libraries were built of, and the version of Go. */
export const goBinary: Detector = {
  id: 'go-binary',
  kind: 'feature',
  version: 4,
  title: 'Go modules and standard library in programs (build information)',
  files: {
    paths: ['**'],
    // A library needs no execute bit.
    magic: ['elf', 'pe', 'mach-o'],
    // Names of functions are some 1 % of a program, of which the largest have 1 GB.
    maxBytes: 32 * 1024 * 1024,
    excerpt: { kind: 'go-build-info', functions: true },
  },
  detect(files, budget) {
    const room = functionRoom();
    return combine(filesWithin(files, budget), (file) => parseGoBinary(file, { budget, room }));
  },
};
