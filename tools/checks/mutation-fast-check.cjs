// fast-check for mutants: the same random cases in each run, so that a survivor means a missing case and not bad luck,
// and few of them, because each mutant runs all of them.
const { join } = require('node:path');
// By its path: its name leads here.
const real = require(join(__dirname, '..', '..', 'node_modules', 'fast-check', 'lib', 'cjs', 'fast-check.js'));

const mostRuns = 100;

function assert(property, parameters = {}) {
  return real.assert(property, {
    ...parameters,
    seed: 20240601,
    numRuns: Math.min(parameters.numRuns ?? mostRuns, mostRuns),
  });
}

module.exports = { ...real, assert, default: { ...real.default, assert }, __esModule: true };
