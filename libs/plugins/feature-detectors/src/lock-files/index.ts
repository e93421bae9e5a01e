import { ecosystems } from '@clarion/ecosystems';
import type { Detector } from '@clarion/model';

/** Packages that lock files and manifests of projects name: what is to be installed, not what is. */
export const lockFiles: Detector = {
  id: 'lock-files',
  kind: 'feature',
  version: 6,
  title:
    'Lock files and manifests, on for directories: npm, pnpm, Yarn, pip, Poetry, uv, Go, Cargo, Bundler, Composer, Maven …',
  lockFiles: true,
  files: {
    paths: ecosystems.flatMap(({ lockFiles: locks = [], manifests = [] }) => [...locks, ...manifests]),
    maxBytes: 32 * 1024 * 1024,
    byPath: true,
    references: {
      paths: ['**/requirements*.txt', '**/*requirements.txt', '**/requirements/*.txt'],
      words: ['-r', '--requirement', '-c', '--constraint'],
    },
  },
  async detect(files, budget) {
    // Loaded at the first use: parsers of TOML and XML are not needed for most images.
    const { parseLockFiles } = await import('./parse');
    return parseLockFiles(files, budget);
  },
};
