// Mutation tests of the comparators and of the matcher: changes them in every small way that Stryker knows and tells
// which changes no spec notices. Takes minutes, so it is no part of the gate.
// Usage: npm run mutation [-- FILE…]; a file is one of those below, given from the root of the workspace.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '..', '..', '..');

/** The files that are mutated, by library; the specs of the library are what must notice. */
const mutated = {
  'version-schemes': [
    ...['dpkg/parse.ts', 'rpm/parse.ts', 'rpm/nevra.ts', 'apk/parse.ts', 'sort-key.ts'],
    ...['ranges.ts', 'range-expression.ts'],
  ],
  matching: [
    ...['evaluate.ts', 'scope.ts', 'scope-checks.ts', 'image-scope.ts', 'decide.ts', 'hold.ts'],
    ...['clusters.ts', 'namespaces.ts', 'epochs.ts'],
  ],
};

function filesOf(library) {
  return mutated[library].map((file) => `libs/${library}/src/${file}`);
}

/** Runs Stryker on files of one library; returns its exit status, 1 when less than the threshold is killed. */
function mutate(library, files) {
  const report = join(root, '.cache', 'mutation', `${library}.json`);
  rmSync(report, { force: true });
  const script = fileURLToPath(new URL('bin/stryker.js', import.meta.resolve('@stryker-mutator/core/package.json')));
  const env = { ...process.env, CLARION_MUTATED_LIBRARY: library, CLARION_MUTATION_REPORT: report };
  const config = 'tools/checks/mutation.config.mjs';
  const done = spawnSync(process.execPath, [script, 'run', config, '--mutate', files.join(',')], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  if (existsSync(report)) printTable(report);
  return done.status ?? 1;
}

/** The rows of docs/mutation-testing.md: file, mutants, killed (or timed out), survived, without any test. */
function printTable(report) {
  const { files } = JSON.parse(readFileSync(report, 'utf8'));
  for (const [file, { mutants }] of Object.entries(files)) {
    const count = (...states) => mutants.filter(({ status }) => states.includes(status)).length;
    const killed = count('Killed', 'Timeout');
    const alive = count('Survived', 'NoCoverage');
    const percent = ((100 * killed) / (killed + alive)).toFixed(1);
    console.log(`| ${file} | ${killed + alive} | ${killed} | ${alive} | ${percent} % |`);
  }
}

const wanted = process.argv.slice(2);
const known = Object.keys(mutated).flatMap(filesOf);
const unknown = wanted.filter((file) => !known.includes(file));
if (unknown.length > 0) {
  console.error(`mutation: not among the mutated files: ${unknown.join(', ')}\nThese are: ${known.join(', ')}`);
  process.exit(2);
}
let status = 0;
for (const library of Object.keys(mutated)) {
  const files = filesOf(library).filter((file) => wanted.length === 0 || wanted.includes(file));
  if (files.length > 0) status = Math.max(status, mutate(library, files));
}
process.exit(status);
