// Mutation tests of the comparators and of the matcher: changes them in every small way that Stryker supports and
// reports which changes no spec detects. Takes minutes per file, so it is not part of the gate.
// Usage: npm run mutation [-- FILE…]; a file is one of those below, given from the root of the workspace.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(import.meta.url), '..', '..', '..');

/** The files that are mutated, each with the specs (without `.spec.ts`) that must notice: a run starts all of them. */
const mutated = {
  'libs/base/version-schemes/src': {
    'dpkg/parse.ts': ['dpkg/dpkg'],
    'rpm/parse.ts': ['rpm/rpm', 'rpm/nevra'],
    'rpm/nevra.ts': ['rpm/nevra'],
    'apk/parse.ts': ['apk/apk'],
    'sort-key.ts': ['sort-key'],
    'ranges.ts': ['ranges'],
    'range-expression.ts': ['range-expression'],
  },
  'libs/domain/matching/src': {
    'lookup/covering-namespaces.ts': ['lookup/covering-namespaces'],
    'scope/check-scope.ts': ['scope/check-scope', 'scope/scope-checks'],
    'scope/scope-checks.ts': ['scope/check-scope', 'scope/scope-checks'],
    'scope/image-scope.ts': ['scope/image-scope'],
    'evaluate/match-version.ts': ['evaluate/match-version'],
    'evaluate/epochs.ts': ['evaluate/epochs'],
    'evaluate/evaluate-advisories.ts': ['evaluate/evaluate-advisories'],
    'decide/cluster-by-flaw.ts': ['decide/cluster-by-flaw'],
    'decide/language-databases.ts': ['decide/language-databases'],
    'decide/decide-package.ts': [
      ...['decide/decide-flaw', 'decide/language-databases'],
      ...['cases/decisions', 'cases/rules', 'coverage/coverage'].map((spec) => `../../reporting/src/${spec}`),
    ],
    'decide/decide-flaw.ts': [
      ...['decide/decide-flaw', 'decide/language-databases'],
      ...['cases/decisions', 'cases/rules', 'coverage/coverage'].map((spec) => `../../reporting/src/${spec}`),
    ],
  },
};

const specsOf = new Map(
  Object.entries(mutated).flatMap(([folder, files]) =>
    Object.entries(files).map(([file, specs]) => [
      `${folder}/${file}`,
      specs.map((spec) => `<rootDir>/${join(folder, spec)}.spec.ts`),
    ]),
  ),
);

/** Runs Stryker on one file; returns its exit status, 1 when less than the threshold is killed. */
function mutate(file, specs) {
  const report = join(root, '.cache', 'mutation', `${file.replaceAll('/', '-')}.json`);
  rmSync(report, { force: true });
  const script = fileURLToPath(new URL('bin/stryker.js', import.meta.resolve('@stryker-mutator/core/package.json')));
  const env = { ...process.env, CLARION_MUTATION_SPECS: specs.join(','), CLARION_MUTATION_REPORT: report };
  const options = ['run', 'tools/checks/mutation.config.mjs', '--mutate', file];
  const done = spawnSync(process.execPath, [script, ...options], { cwd: root, env, stdio: 'inherit' });
  if (existsSync(report)) printRow(report);
  return done.status ?? 1;
}

/** The row of docs/mutation-testing.md: file, mutants, killed (including those that never end), alive, share killed. */
function printRow(report) {
  const { files } = JSON.parse(readFileSync(report, 'utf8'));
  for (const [file, { mutants }] of Object.entries(files)) {
    const count = (...states) => mutants.filter(({ status }) => states.includes(status)).length;
    const killed = count('Killed', 'Timeout');
    const alive = count('Survived', 'NoCoverage');
    const percent = ((100 * killed) / (killed + alive)).toFixed(1);
    console.log(`| ${file} | ${killed + alive} | ${killed} (${count('Timeout')}) | ${alive} | ${percent} % |`);
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((file) => !specsOf.has(file));
if (unknown.length > 0) {
  console.error(`mutation: not among the mutated files: ${unknown.join(', ')}`);
  console.error(`These are:\n${[...specsOf.keys()].join('\n')}`);
  process.exit(2);
}
let status = 0;
for (const [file, specs] of specsOf) {
  if (wanted.length === 0 || wanted.includes(file)) status = Math.max(status, mutate(file, specs));
}
process.exit(status);
