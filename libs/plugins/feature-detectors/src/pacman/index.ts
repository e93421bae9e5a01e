import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { checkConfiguration, configurationPath } from './configuration';
import { parseDescription } from './parse';

/** Packages of Arch Linux and its derivatives: pacman's local database, one folder per package. */
export const pacman: Detector = {
  id: 'pacman',
  kind: 'feature',
  version: 3,
  title: 'Arch Linux packages (pacman local database)',
  files: {
    paths: ['var/lib/pacman/local/*/desc', configurationPath],
    maxBytes: 4 * 1024 * 1024,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) =>
      file.path === configurationPath ? checkConfiguration(file, budget) : parseDescription(file, budget),
    );
  },
};
