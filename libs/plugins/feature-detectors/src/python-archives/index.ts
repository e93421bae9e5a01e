import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { notInstalled } from '../python-installed';
import { parsePythonArchive } from './parse';

/** Packages of Python that are installed as one zip archive each. */
export const pythonArchives: Detector = {
  id: 'python-archives',
  kind: 'feature',
  version: 2,
  title: 'Python packages that are installed as zip archives (eggs, and wheels among installed packages)',
  files: {
    // Wheels elsewhere are there to be installed: those of virtualenv and ensurepip, and what a build has left.
    paths: ['**/*.egg', '**/site-packages/*.whl', '**/dist-packages/*.whl'],
    except: notInstalled,
    magic: ['zip'],
    maxBytes: 16 * 1024 * 1024,
    byPath: true,
    excerpt: {
      kind: 'zip-members',
      members: ['EGG-INFO/PKG-INFO', '*.dist-info/METADATA'],
      maxMemberBytes: 8 * 1024 * 1024,
      maxMembers: 10,
    },
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parsePythonArchive(file, budget));
  },
};
