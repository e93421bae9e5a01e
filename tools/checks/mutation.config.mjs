// What Stryker does; tools/checks/mutation.mjs starts it once a file and names the specs.
import { fileURLToPath } from 'node:url';

const options = {
  plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/jest-runner'))],
  testRunner: 'jest',
  jest: { configFile: 'tools/checks/mutation-jest.config.cjs' },
  coverageAnalysis: 'perTest',
  // Each runner uses a whole processor; set it to one on a busy machine.
  concurrency: Number(process.env.CLARION_MUTATION_CONCURRENCY ?? 2),
  // A mutant that never ends is a killed one; this is added to the time of its specs.
  timeoutMS: 8_000,
  // Not copied, because no spec of a mutated library reads it.
  ignorePatterns: ['apps', 'coverage', 'dist', 'docs', 'libs/plugins/feed-sources', '.nx', '.ci'],
  tempDirName: '.cache/mutation/sandbox',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: process.env.CLARION_MUTATION_REPORT ?? '.cache/mutation/report.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};

export default options;
