// Lints everything, including module boundaries. The boundary rule of Nx fails open: without a fresh project graph it
// is skipped and ESLint exits with 0. So the graph is built first, and a skipped rule is an error.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.env.CLARION_LINT_ROOT ?? join(fileURLToPath(import.meta.url), '..', '..', '..');
const env = { ...process.env, NX_NO_CLOUD: 'true', NX_DAEMON: 'false', NX_TUI: 'false' };

/** Runs a tool of node_modules in the workspace; returns its output and exit status. */
function run(script, args) {
  const done = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status: done.status ?? 1, output: `${done.stdout}${done.stderr}` };
}

const graph = run('nx/dist/bin/nx.js', ['show', 'projects']);
if (graph.status !== 0) {
  console.error(graph.output);
  process.exit(1);
}
const targets = process.argv.slice(2);
const lint = run('eslint/bin/eslint.js', [
  '--max-warnings',
  '0',
  // The changed files may include generated code and testdata.
  '--no-warn-ignored',
  ...(targets.length > 0 ? targets : ['apps', 'libs', 'tools', 'examples', 'eslint.config.cjs', 'jest.config.cjs']),
]);
process.stdout.write(lint.output);
if (/rule will be skipped|No cached ProjectGraph/.test(lint.output)) {
  console.error('lint: the module boundary rule was skipped: there is no project graph');
  process.exit(1);
}
process.exit(lint.status);
