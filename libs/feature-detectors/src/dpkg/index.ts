import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { isSideFile, parseStatus, statusFolder } from './parse';

/** Packages of Debian's package manager: its status file and the one-file-a-package form of distroless images. */
export const dpkg: Detector = {
  id: 'dpkg',
  kind: 'feature',
  version: 1,
  title: 'Debian packages (dpkg status, distroless status.d)',
  wants: {
    paths: ['var/lib/dpkg/status', `${statusFolder}*`],
    maxBytes: 64 * 1024 * 1024,
  },
  detect(files, budget) {
    const statusFiles = files.filter((file) => !isSideFile(file.path));
    return combine(filesWithin(statusFiles, budget), (file) => parseStatus(file, budget));
  },
};
