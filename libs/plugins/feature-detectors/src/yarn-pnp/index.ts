import { type Detector, filesWithin } from '@clarion/model';
import { parseCaches } from './parse';

/** Packages that Node reads out of the zip archives of Yarn, without unpacking them (Plug'n'Play). */
export const yarnPnp: Detector = {
  id: 'yarn-pnp',
  kind: 'feature',
  version: 3,
  title: "Node packages in zip archives (Yarn Plug'n'Play)",
  files: {
    paths: [
      '**/.yarn/cache/*.zip',
      // Shared by all projects of a user.
      '**/.yarn/berry/cache/*.zip',
      // A project may name any other folder (`cacheFolder`).
      '**/*-npm-*.zip',
      // Which archives a project uses.
      '**/.pnp.cjs',
      '**/.pnp.js',
      '**/.pnp.data.json',
      // Packages of this project are unpacked.
      '**/node_modules/.yarn-state.yml',
    ],
    maxBytes: 32 * 1024 * 1024,
    byPath: true,
    excerpt: {
      kind: 'zip-members',
      members: ['node_modules/*/package.json', 'node_modules/@*/*/package.json'],
      maxMemberBytes: 4 * 1024 * 1024,
      maxMembers: 10,
      wholeOtherwise: true,
    },
  },
  detect(files, budget) {
    return parseCaches([...filesWithin(files, budget)], budget);
  },
};
