import type { Readable, Writable } from 'node:stream';
import { ClarionError, type VersionScheme } from '@clarion/model';
import { readerGone } from '../closed-streams';
import { exitCodes } from '../failure';
import { isRead } from '../output';
import { compareVersions, parseRange, versionScheme, versionSchemes } from '@clarion/version-schemes';

function schemeNamed(id: string): VersionScheme {
  const scheme = versionScheme(id);
  if (scheme !== undefined) return scheme;
  throw new ClarionError('invalid-input', `There is no version scheme "${id}"`, {
    remedy: `known: ${versionSchemes.map((known) => known.id).join(', ')}`,
  });
}

function sign(order: number): string {
  if (order === 0) return '=';
  return order < 0 ? '<' : '>';
}

/** Warns on stderr about what a user should know of a result. */
type Warn = (message: string) => void;

/** Prints how two versions compare. */
export function compare(args: readonly (string | undefined)[], warn: Warn): void {
  const [id, a, b] = args;
  if (id === undefined || a === undefined || b === undefined) {
    throw new ClarionError('invalid-input', 'A scheme and two versions are needed', {
      remedy: "for example: clarion version compare dpkg '1.0~rc1' 1.0, or --batch to read lines from stdin",
    });
  }
  const scheme = schemeNamed(id);
  process.stdout.write(`${sign(compareVersions(scheme, a, b))}\n`);
  for (const text of [a, b]) {
    if (scheme.isValid(text)) continue;
    warn(
      `${JSON.stringify(text)} is not a version of the scheme ${id}; the order shown is a best guess that scans do not rely on`,
    );
  }
}

/** One answer of `--batch`: `<`, `=`, `>`, or the reason why there is none. */
function answer(line: string): string {
  const [id = '', a, b] = line.split('\t');
  const scheme = versionScheme(id);
  if (scheme === undefined) return `invalid: there is no version scheme "${id}"`;
  if (a === undefined || b === undefined) return 'invalid: the line is not SCHEME<tab>A<tab>B';
  try {
    return sign(compareVersions(scheme, a, b));
  } catch (error) {
    if (error instanceof ClarionError) return `invalid: ${error.message}`;
    throw error;
  }
}

/**
 * Answers each line of `input` with a line, in order, in blocks (one write for each chunk, not for each line). The
 * exit code is 141 when the reader has closed the pipe.
 */
export async function compareBatch(input: Readable, output: Writable): Promise<void> {
  let rest = '';
  const write = async (lines: readonly string[]): Promise<boolean> => {
    if (lines.length === 0) return true;
    const block = lines.map((line) => answer(line.endsWith('\r') ? line.slice(0, -1) : line)).join('\n');
    const read = await isRead(output, `${block}\n`);
    if (!read) process.exitCode = readerGone;
    return read;
  };
  input.setEncoding('utf8');
  for await (const chunk of input) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (!(await write(lines))) return;
  }
  if (rest !== '') await write([rest]);
}

/**
 * Prints whether a version is inside a range. The exit code is 1 when it is not, and 3 when that cannot be
 * determined. Throws `invalid-input` for an invalid range.
 */
export function matches([id, version, range]: readonly [string, string, string], warn: Warn): void {
  const scheme = schemeNamed(id);
  const inside = parseRange(scheme, range)(version);
  if (inside === undefined) {
    process.stdout.write('undetermined\n');
    warn(`the version or a bound is not a version of the scheme ${id}, so their order cannot be determined`);
    process.exitCode = exitCodes.incomplete;
    return;
  }
  process.stdout.write(inside ? 'yes\n' : 'no\n');
  if (!inside) process.exitCode = exitCodes.error;
}

/** Lists the schemes. */
export function schemes(): void {
  for (const scheme of versionSchemes) process.stdout.write(`${scheme.id.padEnd(10)} ${scheme.title}\n`);
}
