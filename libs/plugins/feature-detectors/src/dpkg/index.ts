import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { checkConfiguration, configurationPaths, isConfiguration } from './configuration';
import { isSideFile, journalFolder, parseStatus, statusFolder } from './parse';

const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * Packages of Debian's package manager: its status file, the one-file-per-package form of distroless images, and what
 * dpkg had not merged when it was interrupted.
 */
export const dpkg: Detector = {
  id: 'dpkg',
  kind: 'feature',
  version: 5,
  title: 'Debian packages (dpkg status, distroless status.d)',
  files: {
    paths: [
      'var/lib/dpkg/status',
      `${statusFolder}*`,
      ...digits.map((digit) => `${journalFolder}${digit}*`),
      ...configurationPaths,
    ],
    maxBytes: 64 * 1024 * 1024,
  },
  detect(files, budget) {
    const statusFiles = files.filter((file) => !isSideFile(file));
    return combine(filesWithin(statusFiles, budget), (file) =>
      isConfiguration(file.path) ? checkConfiguration(file, budget) : parseStatus(file, budget),
    );
  },
};
