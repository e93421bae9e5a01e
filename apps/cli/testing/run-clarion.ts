import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The workspace, and the bundle that `npm test` builds before any spec runs. */
export const root = join(__dirname, '..', '..', '..');
export const bundle = join(root, 'dist', 'apps', 'cli', 'main.js');
export const sampleFeeds = join(root, 'tools', 'sample', 'feeds');
/** The feeds in that folder: an update without names updates all. */
export const sampledFeeds: readonly string[] = readdirSync(sampleFeeds);

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts the bundled command line as a user's shell would, without the variables of this process that affect it. */
export function startClarion(args: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(CLARION_|FORCE_COLOR$|NO_COLOR$|CI$)/.test(name),
  );
  // The files of the sample are as old as the working copy.
  const env = { ...Object.fromEntries(inherited), CLARION_MAX_FEED_AGE: '520w', ...options.env };
  return spawn(process.execPath, [bundle, ...args], { env, cwd: options.cwd ?? root });
}

/** Runs it until it exits. */
export function clarion(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = startClarion(args, options);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
    child.stdin.end(options.input ?? '');
  });
}

/** A temporary folder for one suite; `remove` deletes it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'clarion-e2e-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
