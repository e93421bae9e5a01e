import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Readable } from 'node:stream';

import { bundleLibrary } from '@clarion/test-kit';

/** Bundles the current store, with the real LMDB, so that other processes can run it. Returns the file. */
export const bundleStore = (scratch: string): string =>
  bundleLibrary(path.join(__dirname, '../src/index.ts'), 'lmdb', scratch);

/** A script of this folder in a separate process. */
export type KillableProcess = ChildProcessByStdio<null, Readable, Readable>;

/** Starts a script that prints a line whenever it has done something whole. */
export function start(script: string, ...arguments_: readonly string[]): KillableProcess {
  return spawn(process.execPath, [path.join(__dirname, script), ...arguments_], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Waits for the first line. Throws, with its error output, if the process exits before. */
export async function firstLine(writer: KillableProcess, errors: () => string = () => ''): Promise<void> {
  const ended = once(writer, 'exit').then(() => {
    throw new Error(`the writer has ended: ${errors()}`);
  });
  // It is killed later on purpose.
  ended.catch(() => undefined);
  await Promise.race([once(writer.stdout, 'data'), ended]);
}

/** Kills it immediately, like a crash, and waits until it is gone. */
export async function kill(writer: KillableProcess): Promise<void> {
  if (writer.exitCode !== null || writer.signalCode !== null) return;
  const ended = once(writer, 'exit');
  writer.kill('SIGKILL');
  await ended;
}
