#!/usr/bin/env node
import { isChildProcess } from '@clarion/child-processes/argument';
import { requireEnd, surviveClosedPipes } from './closed-streams';
import { startHashingEarly } from './early-hashing';

startHashingEarly(process.argv.slice(2));

surviveClosedPipes((error) => void failed(error));

async function failed(error: unknown): Promise<void> {
  const { exitWith, isJsonRequested } = await import('./failure');
  exitWith(error, isJsonRequested(process.argv));
}

async function main(): Promise<void> {
  if (isChildProcess(process.argv)) {
    const { runIndexingProcess } = await import('./serve/indexing/indexing-process');
    runIndexingProcess();
    return;
  }
  const { createProgram } = await import('./program');
  const areTextsNeeded = process.argv.includes('serve') || process.argv.includes('completion');
  const texts = areTextsNeeded ? (await import('./serve/flag-texts')).serveFlagTexts() : undefined;
  await createProgram(texts).parseAsync();
}

requireEnd(main()).catch((error: unknown) => failed(error));
