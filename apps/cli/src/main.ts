#!/usr/bin/env node
import { isChildProcess } from '@clarion/child-processes/argument';
import { startHashingEarly } from './early-hashing';

startHashingEarly(process.argv.slice(2));

/** Results go to stdout; a reader that closes it early (`| head`) ends the run quietly. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  void failed(error);
});

async function failed(error: unknown): Promise<void> {
  const { exitWith, wantsJson } = await import('./failure');
  exitWith(error, wantsJson(process.argv));
}

async function main(): Promise<void> {
  if (isChildProcess(process.argv)) {
    const { runIndexingProcess } = await import('./serve/indexing/indexing-process');
    runIndexingProcess();
    return;
  }
  const { createProgram } = await import('./program');
  await createProgram().parseAsync();
}

main().catch((error: unknown) => failed(error));
