// The workspace's Jest, for mutants: the specs of one library only, and neither those that start native package
// managers nor those that need the material beside the checkout, since each mutant is to be killed by specs that run
// everywhere and fast.
const { join } = require('node:path');
const workspace = require('../../jest.config.cjs');

const library = process.env.CLARION_MUTATED_LIBRARY;
if (library === undefined) throw new Error('CLARION_MUTATED_LIBRARY is not set: start tools/checks/mutation.mjs');

module.exports = {
  ...workspace,
  rootDir: join(__dirname, '..', '..'),
  roots: [`<rootDir>/libs/${library}`],
  testPathIgnorePatterns: ['/node_modules/', 'native\\.spec\\.ts$', 'conformance\\.spec\\.ts$', 'real-material\\.spec'],
  moduleNameMapper: { ...workspace.moduleNameMapper, '^fast-check$': join(__dirname, 'mutation-fast-check.cjs') },
  setupFilesAfterEnv: [join(__dirname, 'mutation-setup.cjs')],
};
