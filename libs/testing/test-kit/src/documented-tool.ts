import { spawnSync } from 'node:child_process';
import path from 'node:path';

const setup = path.resolve(__dirname, '../../../../tools/setup/documented-tool.mjs');

/** The path of a tool for documented commands; if it cannot be built, a line shows why, and in CI that is an error. */
export function documentedTool(name: 'nats' | 'grpcurl' | 'clairctl'): string | undefined {
  const done = spawnSync(process.execPath, [setup, name], { encoding: 'utf8' });
  if (done.status === 0) return done.stdout.trim();
  if (!['', 'false', '0'].includes(process.env['CI'] ?? '')) throw new Error(done.stderr);
  process.stderr.write(`${done.stderr.trim()}: documented commands are not run with it\n`);
  return undefined;
}
