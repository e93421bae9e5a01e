import { spawnSync } from 'node:child_process';
import path from 'node:path';

const setup = path.resolve(__dirname, '../../../../tools/setup/python-tool.mjs');

/**
 * The path of a Python with the packages of a tool; if it cannot be prepared, a line shows why, and in CI that is an
 * error.
 */
export function pythonTool(name: 'schemathesis'): string | undefined {
  const done = spawnSync(process.execPath, [setup, name], { encoding: 'utf8' });
  if (done.status === 0) return done.stdout.trim();
  if (!['', 'false', '0'].includes(process.env['CI'] ?? '')) throw new Error(done.stderr);
  process.stderr.write(`${done.stderr.trim()}: what needs it is skipped\n`);
  return undefined;
}
