// The workspace's Jest configuration for mutants: the specs that tools/checks/mutation.mjs names. None of them starts
// native package managers or needs the material next to the checkout: each mutant must be killed by fast specs that run
// everywhere.
const { dirname, join } = require('node:path');
const workspace = require('../../jest.config.cjs');

const specs = process.env.CLARION_MUTATION_SPECS;
if (specs === undefined) throw new Error('CLARION_MUTATION_SPECS is not set: start tools/checks/mutation.mjs');

module.exports = {
  ...workspace,
  rootDir: join(__dirname, '..', '..'),
  // Jest scans its roots before each run, which is once per mutant.
  roots: [...new Set(specs.split(',').map(dirname))],
  testMatch: specs.split(','),
  moduleNameMapper: { ...workspace.moduleNameMapper, '^fast-check$': join(__dirname, 'mutation-fast-check.cjs') },
  setupFilesAfterEnv: [join(__dirname, 'mutation-setup.cjs')],
};
