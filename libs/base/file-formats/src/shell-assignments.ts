import { lineEnd } from './text';

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=/;

/**
 * Reads the `KEY=value` lines of os-release and lsb-release with the quoting of the shell (single, double, none,
 * backslash). The last of several assignments wins. Lines that are not assignments are skipped.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html
 */
export function shellAssignments(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const end = lineEnd(text, at);
    // The pattern is applied to a short piece, so that a line of blanks costs no more than its length.
    const match = assignment.exec(text.slice(at, Math.min(end, at + maxKeyLength)));
    if (match?.[1] !== undefined) values.set(match[1], unquote(text.slice(at + match[0].length, end)));
    at = end + 1;
  }
  return values;
}

const maxKeyLength = 256;

/** The first word of `text` as a shell reads it; a missing closing quote is tolerated. */
function unquote(text: string): string {
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (quote === '' && /\s/.test(char)) break;
    else if (char === '\\' && escapes(text.charAt(at + 1), quote)) word += text.charAt(++at);
    else word += char;
  }
  return word.trim();
}

/**
 * Whether a backslash before `char` is dropped: always outside quotes, never in single quotes, before four characters
 * in double quotes.
 */
function escapes(char: string, quote: string): boolean {
  if (char === '' || quote === "'") return false;
  return quote === '' || '"$`\\'.includes(char);
}
