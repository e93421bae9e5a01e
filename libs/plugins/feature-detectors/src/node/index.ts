import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { notInstalled } from './not-installed';
import { managerPaths } from './package-managers';
import { parsePackage } from './parse';

/** Packages that npm, pnpm and Yarn have unpacked into `node_modules`. */
export const node: Detector = {
  id: 'node',
  kind: 'feature',
  version: 4,
  title: 'Node packages (package.json of the roots in node_modules)',
  files: {
    paths: [
      '**/node_modules/*/package.json',
      '**/node_modules/@*/*/package.json',
      // Yarn with `nodeLinker: pnpm`; pnpm itself repeats node_modules in its store.
      '**/node_modules/.store/*/package/package.json',
      // Debian patches Node to look here: its own packages have no node_modules around them.
      'usr/share/nodejs/*/package.json',
      'usr/share/nodejs/@*/*/package.json',
      // Those with compiled parts, and most of them up to Debian 11.
      'usr/lib/nodejs/*/package.json',
      'usr/lib/nodejs/@*/*/package.json',
      'usr/lib/*/nodejs/*/package.json',
      'usr/lib/*/nodejs/@*/*/package.json',
      ...managerPaths,
    ],
    except: notInstalled,
    maxBytes: 4 * 1024 * 1024,
    // pnpm makes hard links to its store: one file is that of several packages.
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parsePackage(file, budget));
  },
};
