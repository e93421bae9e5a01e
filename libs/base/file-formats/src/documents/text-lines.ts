import { ClarionError } from '@clarion/model';

const longestLine = 1024 * 1024;
const newline = 0x0a;

/**
 * The lines of a UTF-8 text without their ends (`\n` or `\r\n`), one at a time; a byte order mark is dropped. Throws
 * `ClarionError` `limit-exceeded` for a line of more than `maxBytes`.
 */
export async function* textLines(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number = longestLine,
): AsyncGenerator<string> {
  // Pieces of the line that has not ended yet; joined once, when it ends.
  let open: Uint8Array[] = [];
  let size = 0;
  let first = true;
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      open.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > maxBytes) throw tooLong(maxBytes);
      continue;
    }
    // Decodes all whole lines of a chunk at once: far cheaper than line by line.
    const lines = Buffer.concat([...open, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n');
    for (const line of lines) {
      if (line.length > maxBytes) throw tooLong(maxBytes);
      yield cleaned(line, first);
      first = false;
    }
    open = end + 1 < chunk.length ? [Buffer.from(chunk.subarray(end + 1))] : [];
    size = chunk.length - end - 1;
  }
  if (size > 0) yield cleaned(Buffer.concat(open).toString('utf8'), first);
}

function tooLong(maxBytes: number): ClarionError {
  return new ClarionError('limit-exceeded', `Line is longer than ${maxBytes} bytes`);
}

function cleaned(line: string, first: boolean): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return first && text.startsWith('\uFEFF') ? text.slice(1) : text;
}
