import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { notInstalled } from '../python-installed';
import { isCondaRecord, parseCondaRecord } from './conda-record';
import { partsOfInstalled } from './installed-parts';
import { parseMetadata } from './parse';

/** Packages that Python's installers and conda have unpacked. */
export const python: Detector = {
  id: 'python',
  kind: 'feature',
  version: 3,
  title: 'Python packages (dist-info, egg-info, unpacked eggs, conda-meta)',
  files: {
    paths: [
      '**/*.dist-info/METADATA',
      // Small files of each installer, which show a directory that has lost its metadata.
      '**/*.dist-info/INSTALLER',
      '**/*.dist-info/WHEEL',
      '**/*.egg-info/PKG-INFO',
      '**/*.egg-info',
      '**/*.egg/EGG-INFO/PKG-INFO',
      '**/conda-meta/*.json',
      // The same below a link that is the directory of packages itself.
      ...['site-packages', 'dist-packages'].flatMap((library) => [
        `**/${library}/*.dist-info/METADATA`,
        `**/${library}/*.egg-info/PKG-INFO`,
        `**/${library}/*.egg-info`,
        `**/${library}/*.egg/EGG-INFO/PKG-INFO`,
      ]),
    ],
    except: notInstalled,
    maxBytes: 16 * 1024 * 1024,
    // One file is the metadata of several environments where installers make hard links.
    byPath: true,
  },
  detect(files, budget) {
    const parts = partsOfInstalled(files);
    return combine(filesWithin(files, budget), (file) => {
      if (isCondaRecord(file.path)) return parseCondaRecord(file, budget);
      return parts.parse(file) ?? parseMetadata(file, budget);
    });
  },
};
