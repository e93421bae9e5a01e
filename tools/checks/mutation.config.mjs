// What Stryker does; tools/checks/mutation.mjs starts it once a file and names the specs.
import { fileURLToPath } from 'node:url';

const options = {
  plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/jest-runner'))],
  testRunner: 'jest',
  jest: { configFile: 'tools/checks/mutation-jest.config.cjs' },
  coverageAnalysis: 'perTest',
  // Each runner takes a processor to itself; a machine with other work wants one.
  concurrency: Number(process.env.CLARION_MUTATION_CONCURRENCY ?? 2),
  // A mutant that does not end is a killed one; this comes on top of what its specs take.
  timeoutMS: 8_000,
  // Not copied, since no spec of a mutated library reads it.
  ignorePatterns: ['apps', 'coverage', 'dist', 'docs', 'libs/plugins/feed-sources', '.nx', '.ci'],
  tempDirName: '.cache/mutation/sandbox',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: process.env.CLARION_MUTATION_REPORT ?? '.cache/mutation/report.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};

export default options;
