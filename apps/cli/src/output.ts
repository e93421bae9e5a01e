import { writeFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { ClarionError, storageFailure, type RenderedText, type RenderStyle } from '@clarion/model';
import { isClosedPipe } from './closed-streams';

/** Writes a result to `file`, or to stdout; resolves when it is written, or when the reader of stdout is gone. */
export async function writeResult(pieces: RenderedText, file: string | undefined): Promise<void> {
  if (file === undefined) {
    for (const block of blocksOf(pieces)) if (!(await isRead(process.stdout, block))) return;
    return;
  }
  try {
    await writeFile(file, blocksOf(pieces));
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

/** Writes a string to a pipe; false when its reader is gone, so that writing more is useless. */
export function isRead(output: Writable, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (error === null || error === undefined || isClosedPipe(error)) resolve(!error);
      else reject(error);
    });
  });
}

/** Characters per write. */
const blockLength = 1 << 16;

/** Joins pieces, so that not every line is a system call. */
function* blocksOf(pieces: RenderedText): Generator<string> {
  let block: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    block.push(piece);
    length += piece.length;
    if (length < blockLength) continue;
    yield block.join('');
    block = [];
    length = 0;
  }
  yield block.join('');
}

/** Default number of columns: that of the documentation and of current terminals. */
const defaultWidth = 100;

/** Columns for output to `file` or, without one, to stdout: those of the terminal, else `COLUMNS`, else 100. */
export function textWidth(file?: string): number {
  if (file === undefined && process.stdout.isTTY && process.stdout.columns > 0) return process.stdout.columns;
  const said = /^\d{1,4}$/.test(process.env['COLUMNS'] ?? '') ? Number(process.env['COLUMNS']) : 0;
  return said > 0 ? said : defaultWidth;
}

/** The style of results: colours only on a terminal. `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function renderStyle(file: string | undefined, listPackages: boolean): RenderStyle {
  // `isTTY` of a pipe is undefined, whatever its type says, and without an answer picocolors paints wherever `CI` is set.
  const terminal = file === undefined && isatty(1);
  const forced = (process.env['FORCE_COLOR'] ?? '') !== '' && process.env['FORCE_COLOR'] !== '0';
  const refused = (process.env['NO_COLOR'] ?? '') !== '';
  return {
    colour: !refused && (forced || (terminal && process.env['TERM'] !== 'dumb')),
    width: textWidth(file),
    listPackages,
  };
}
