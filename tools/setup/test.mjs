// npm test: all set-up, then every check and every test. Reports what was not run, and ends with "N passed, N failed, N
// skipped". npm test -- PATTERN runs only the specs whose path matches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { complaint, ensureBundle, ensureDependencies, ensureNode, root } from './ensure.mjs';
import { ensureNatsServer } from './nats-server.mjs';
import { newerNodeOnly, newerNodeSuites } from './newer-node-suites.mjs';
import { ensureNewerNode } from './newer-node.mjs';
import { notRun } from './not-run.mjs';
import { createProgress, followJest } from './progress.mjs';

ensureNode();
ensureDependencies();
/** @param {string} script */
const tool = (script) => join(root, 'node_modules', script);
const leastCoverage = 90;
const counts = { passed: 0, failed: 0, skipped: 0 };
/** Results of suites as Jest writes them. @type {Parameters<typeof notRun>[0][number][]} */
const suites = [];
const progress = createProgress();

/**
 * Runs one check, shows its output when it fails, and counts it as one test.
 * @param {string} name
 * @param {readonly string[]} args
 */
async function check(name, args) {
  const started = Date.now();
  const end = progress.begin(name);
  const run = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [printed, [code]] = await Promise.all([Promise.all([text(run.stdout), text(run.stderr)]), once(run, 'exit')]);
  end();
  const ok = code === 0;
  counts[ok ? 'passed' : 'failed'] += 1;
  progress.say(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) progress.say(printed.join(''));
}

/**
 * Runs checks side by side, one a processor, in their order.
 * @param {readonly (readonly [name: string, args: readonly string[]])[]} list
 */
async function checks(list) {
  const waiting = [...list];
  const next = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await check(...one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}

/**
 * Runs the specs with this or another Node; passes on the output of Jest and adds its counts.
 * @param {readonly string[]} patterns
 * @param {{ node?: string, measure?: boolean, ignored?: readonly string[], exact?: boolean }} options
 */
async function specs(patterns, { node = process.execPath, measure = false, ignored = [], exact = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'clarion-test-'));
  const results = join(folder, 'results.json');
  const coverage = measure ? ['--coverage', '--coverageReporters=json-summary', '--coverageDirectory', folder] : [];
  const args = [
    tool('jest/bin/jest.js'),
    ...['--config', 'jest.config.cjs', '--json', '--outputFile', results],
    // Jest leaves one processor to itself, which of two is half of them.
    `--maxWorkers=${Math.max(1, Math.min(8, availableParallelism()))}`,
    ...coverage,
    ...ignored.flatMap((pattern) => ['--testPathIgnorePatterns', pattern]),
    ...(exact ? ['--runTestsByPath'] : []),
    ...patterns,
  ];
  const newer = node !== process.execPath;
  const end = progress.begin(newer ? 'specs on the newer Node' : 'specs');
  // The JSON also goes to stdout, which is ignored; the readable report is on stderr.
  const run = spawn(node, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  /** @param {string} line */
  const say = (line) => progress.say(newer ? `newer Node: ${line}` : line);
  const [[code]] = await Promise.all([once(run, 'exit'), followJest(run.stderr, { say, countOne: end.countOne })]);
  end();
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites, testResults } =
      JSON.parse(readFileSync(results, 'utf8'));
    counts.passed += numPassedTests;
    counts.failed += numFailedTests + numRuntimeErrorTestSuites;
    counts.skipped += numPendingTests + numTodoTests;
    suites.push(...testResults);
    if (code !== 0 && counts.failed === 0) counts.failed += 1;
    if (measure) coverageOf(join(folder, 'coverage-summary.json'));
  } catch {
    counts.failed += 1;
  }
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Line coverage of specs, without the processes that end-to-end specs start.
 * @param {string} summary
 */
function coverageOf(summary) {
  const { pct } = JSON.parse(readFileSync(summary, 'utf8')).total.lines;
  const ok = pct >= leastCoverage;
  counts[ok ? 'passed' : 'failed'] += 1;
  progress.say(`${ok ? 'ok    ' : 'FAILED'} coverage of lines: ${pct} % (at least ${leastCoverage} %)`);
}

const patterns = process.argv.slice(2);
/** @type {Promise<unknown>[]} */
let builtWithGo = [];
if (patterns.length === 0) {
  // Takes minutes if Go has compiled nothing yet: the checks run in the meantime.
  builtWithGo = [
    'kubernetes-tools.mjs',
    'documented-tool.mjs nats',
    'documented-tool.mjs grpcurl',
    'documented-tool.mjs clairctl',
  ].map((command) =>
    once(
      spawn(process.execPath, command.split(' '), {
        cwd: join(root, 'tools', 'setup'),
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
      'exit',
    ),
  );
  await checks([
    ['lint and module boundaries', ['tools/checks/lint.mjs']],
    ['types', [tool('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']],
    ['types of tools', [tool('typescript/bin/tsc'), '--noEmit', '-p', 'tools/tsconfig.json']],
    ['formatting', [tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
    ['unused and unlisted', [tool('knip/bin/knip.js')]],
    ['import cycles', ['tools/checks/cycles.mjs']],
    ['words to avoid', ['tools/checks/words.mjs']],
    ['house rules', ['tools/checks/house.mjs']],
  ]);
}
const endBundle = progress.begin('bundling the command line');
await ensureBundle('cli');
endBundle();
if (patterns.length === 0) {
  await checks([
    ['command line reference', ['tools/docs/cli-reference.mjs', '--check']],
    ['protocol buffers', ['tools/checks/protos.mjs']],
    ['feeds reference', ['tools/docs/feeds-reference.mjs', '--check']],
    ['end-of-life reference', ['tools/docs/end-of-life-reference.mjs', '--check']],
    ['configuration reference', ['tools/docs/configuration-reference.mjs', '--check']],
    ['indexes of MongoDB', ['tools/docs/mongodb-indexes.mjs', '--check']],
    ['services of the Helm chart', ['tools/deploy/chart-services.mjs', '--check']],
  ]);
}
try {
  // Built once, before several specs need it at the same time.
  if (!process.env.NATS_URL) ensureNatsServer();
} catch (error) {
  console.error(complaint(error));
}
// Specs report what is missing.
const endBuilding = progress.begin('building tools with Go');
await Promise.all(builtWithGo);
endBuilding();
const inCi = patterns.length === 0 && Boolean(process.env.CI);

async function specsOnNewerNode() {
  const node = ensureNewerNode();
  if (node !== undefined) return specs(newerNodeSuites(root), { node, exact: true });
  return check('newer Node', ['-e', 'throw new Error("its npm package could not be installed")']);
}

await Promise.all([
  specs(patterns, { measure: inCi, ignored: inCi ? newerNodeOnly : [] }),
  // At the same time, because half of what end-to-end specs do is waiting for servers.
  ...(inCi ? [specsOnNewerNode()] : []),
]);
progress.close();
const missing = notRun(suites);
if (missing.length > 0) {
  console.log(`\nNot run${counts.failed === 0 ? '; all else passed' : ''}:`);
  for (const { reason, tests, suites: of } of missing)
    console.log(`${String(tests).padStart(6)} tests of ${of} suites: ${reason}`);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
