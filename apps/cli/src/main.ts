#!/usr/bin/env node
import { exitWith } from './failure';
import { createProgram } from './program';

/** Results go to stdout; a reader that closes it early (`| head`) ends the run quietly. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
});

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    exitWith(error, process.argv.includes('--json-errors') || process.env['CLARION_JSON_ERRORS'] === 'true');
  });
