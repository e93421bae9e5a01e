import { writeFile } from 'node:fs/promises';
import { ClarionError, storageFailure, type RenderStyle } from '@clarion/model';

/** Writes a result to `file`, or to stdout; resolves when it is written. */
export async function writeResult(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    await new Promise((resolve) => process.stdout.write(text, resolve));
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw (
      storageFailure(cause, file) ??
      new ClarionError('invalid-input', `The result cannot be written to ${file}`, {
        cause,
        remedy: 'check that the folder exists and is writable',
      })
    );
  }
}

/** How results look here: colours and width only on a terminal. `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function renderStyle(file: string | undefined, listPackages: boolean): RenderStyle {
  const terminal = file === undefined && process.stdout.isTTY;
  const forced = (process.env['FORCE_COLOR'] ?? '') !== '' && process.env['FORCE_COLOR'] !== '0';
  const refused = (process.env['NO_COLOR'] ?? '') !== '';
  return {
    colour: !refused && (forced || (terminal && process.env['TERM'] !== 'dumb')),
    width: terminal ? process.stdout.columns : undefined,
    listPackages,
  };
}
