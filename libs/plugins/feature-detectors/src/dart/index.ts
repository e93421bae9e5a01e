import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parsePackageConfig } from './parse';

/** Packages of Dart and Flutter that pub has resolved for an application. */
export const dart: Detector = {
  id: 'dart',
  kind: 'feature',
  version: 1,
  title: 'Dart packages (package_config.json)',
  files: {
    paths: ['**/.dart_tool/package_config.json'],
    maxBytes: 16 * 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parsePackageConfig(file, budget));
  },
};
