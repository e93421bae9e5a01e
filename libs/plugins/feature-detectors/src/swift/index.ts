import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseWorkspaceState } from './parse';

/** Packages of Swift that the package manager has checked out to build a program. */
export const swift: Detector = {
  id: 'swift',
  kind: 'feature',
  version: 1,
  title: 'Swift packages (workspace-state.json of a build)',
  files: {
    paths: ['**/.build/workspace-state.json'],
    maxBytes: 16 * 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseWorkspaceState(file, budget));
  },
};
