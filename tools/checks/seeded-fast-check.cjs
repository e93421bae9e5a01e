// fast-check with one seed for every property, so that a run of the suite can be repeated and a change is not blamed
// for an older bug. `CLARION_PROPERTY_SEED=random` searches for new counterexamples, a number repeats a run.
const { join } = require('node:path');
// By its path: its name leads here.
const real = require(join(__dirname, '..', '..', 'node_modules', 'fast-check', 'lib', 'cjs', 'fast-check.js'));

const wanted = process.env.CLARION_PROPERTY_SEED ?? '20261126';
if (wanted !== 'random') {
  const seed = Number(wanted);
  if (!Number.isInteger(seed)) throw new Error(`CLARION_PROPERTY_SEED is "${wanted}"; give an integer or "random"`);
  real.configureGlobal({ seed });
}

module.exports = real;
