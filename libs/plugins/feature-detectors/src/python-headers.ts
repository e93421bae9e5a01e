import { textKeeper } from '@clarion/file-formats';
import type { WorkBudget } from '@clarion/model';

/** Values of the headers that matter and are not empty, by lower-case name, in their order. */
export type MetadataHeaders = ReadonlyMap<string, readonly string[]>;

const fieldsToRead: ReadonlySet<string> = new Set(['name', 'version', 'license', 'license-expression', 'classifier']);

/** Licences of classifiers; beyond that, values are repeated without end. */
const mostValues = 50;

/**
 * The headers of core metadata, which are those of an e-mail: up to the first blank line. The first line of a value
 * counts, lines that continue it do not, nor does what is not a header.
 */
export function readHeaders(text: string, budget: WorkBudget): MetadataHeaders {
  const headers = new Map<string, string[]>();
  const keep = textKeeper();
  for (const line of linesOf(text, budget)) {
    if (line === '') break;
    const [name, value] = headerOf(line);
    const values = headers.get(name) ?? [];
    if (fieldsToRead.has(name) && value !== '' && values.length < mostValues)
      headers.set(name, [...values, keep(value)]);
  }
  return headers;
}

/** Lines without blanks at their end: after LF, CRLF or, as in Python, CR alone. */
function* linesOf(text: string, budget: WorkBudget): Generator<string> {
  for (let at = 0; at < text.length && budget.spend(1);) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end).trimEnd();
    at = end < 0 ? text.length : end + 1;
    if (!line.includes('\r')) {
      yield line;
      continue;
    }
    const parts = line.split('\r');
    if (!budget.spend(parts.length)) return;
    for (const part of parts) yield part.trimEnd();
  }
}

function headerOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return colon < 0 ? ['', ''] : [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
