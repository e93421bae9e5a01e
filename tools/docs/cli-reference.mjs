// Writes docs/cli.md from the command line's own help, so that the reference is never out of date.
// Usage: node tools/docs/cli-reference.mjs [--check]     --check exits with 1 if it is out of date
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBundle, ensureDependencies, root } from '../setup/ensure.mjs';

const commands = [
  '',
  'scan',
  'packages',
  'explain',
  'timeline',
  'diff',
  'serve',
  'update',
  'db status',
  'db revisions',
  'db export',
  'db import',
  'db backup',
  'db restore',
  'db prune',
  'detectors',
  'feeds',
  'version',
  'version compare',
  'version matches',
  'version schemes',
  'completion',
];

ensureDependencies();
const cli = await ensureBundle('cli');

/** The help text of one command. */
function help(command) {
  const args = [cli, ...command.split(' ').filter(Boolean), '--help'];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
  if (done.status !== 0) throw new Error(`clarion ${command} --help failed: ${done.stderr}`);
  return done.stdout.trim();
}

const sections = commands.map((command) => `## clarion ${command}`.trim() + `\n\n\`\`\`text\n${help(command)}\n\`\`\``);
const text = `# Command line reference

Made by \`node tools/docs/cli-reference.mjs\` from the program's own help; do not edit. Results go to stdout, everything else
to stderr. Every option can also be given as the environment variable shown with it, or as a line \`name: value\` (the option's
name in camel case, such as \`failOn: High\`) of \`clarion.yaml\` in the working directory or of the file given by
\`--config\`. A flag wins over the environment, the environment over the file. Variables of options without a value are true
or false (also 1, 0, yes, no, on, off); another text is refused, and an empty variable counts as not set. A value that only other
commands know (\`CLARION_FORMAT=harbor\` for \`db status\`) is not used. The keys of \`timeline --from\` and \`--to\` are
\`timelineFrom\` and \`timelineTo\`, as \`from\` is the mirror of \`update\`. Texts and tables are as
wide as the terminal; where there is none, as \`COLUMNS\` says, else 100 columns.

${sections.join('\n\n')}
`;
const path = join(root, 'docs', 'cli.md');
if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  console.error('docs/cli.md is out of date: run node tools/docs/cli-reference.mjs');
  process.exit(1);
}
