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
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  for await (const piece of body) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      rest = joined(rest, chunk, maxBytes);
      continue;
    }
    // One decoding for all whole lines of a chunk: far cheaper than one a line.
    const lines = joined(rest, chunk.subarray(0, end), maxBytes + chunk.length)
      .toString('utf8')
      .split('\n');
    rest = Buffer.from(chunk.subarray(end + 1));
    for (const line of lines) {
      yield cleaned(line, first);
      first = false;
    }
  }
  if (rest.length > 0) yield cleaned(rest.toString('utf8'), first);
}

function joined(rest: Buffer, chunk: Buffer, maxBytes: number): Buffer {
  if (rest.length + chunk.length > maxBytes) {
    throw new ClarionError('limit-exceeded', `Line is longer than ${maxBytes} bytes`);
  }
  return rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
}

function cleaned(line: string, first: boolean): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return first && text.startsWith('\uFEFF') ? text.slice(1) : text;
}
