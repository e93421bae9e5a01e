import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseDependencies } from './parse';

/** Packages of .NET applications and of the runtime itself. */
export const dotnet: Detector = {
  id: 'dotnet',
  kind: 'feature',
  version: 2,
  title: '.NET packages and runtimes (deps.json)',
  files: {
    paths: ['**/*.deps.json'],
    maxBytes: 16 * 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseDependencies(file, budget));
  },
};
