import parse from 'spdx-expression-parse';
import deprecatedIds from 'spdx-license-ids/deprecated.json';
import ids from 'spdx-license-ids/index.json';

/** Longer texts are licences in full, or hostile: the parser calls itself for each parenthesis. */
const longest = 1000;

/** Ids as the list writes them, by lower case: their case does not matter (SPDX specification, annex B). */
const idOf: ReadonlyMap<string, string> = new Map([...deprecatedIds, ...ids].map((id) => [id.toLowerCase(), id]));

const operators: ReadonlySet<string> = new Set(['AND', 'OR', 'WITH']);
const token = /[()]|[^\s()]+/g;

/**
 * A licence expression of SPDX, with its ids and operators in their usual case; undefined for other texts, also for
 * expressions with ids that the list does not have.
 */
export function spdxExpression(text: string): string | undefined {
  if (text.length > longest) return undefined;
  const single = idOf.get(text.trim().toLowerCase());
  if (single !== undefined) return single;
  const tokens = (text.match(token) ?? []).map(usualCase);
  if (tokens.length < 2 && !/^(?:LicenseRef|DocumentRef)-|\+$/.test(tokens[0] ?? '')) return undefined;
  const written = tokens.join(' ').replaceAll('( ', '(').replaceAll(' )', ')');
  try {
    parse(written);
    return written;
  } catch {
    // The parser throws for everything that is not an expression.
    return undefined;
  }
}

/** A trailing `+` is an operator: `or any later version`. */
function usualCase(word: string): string {
  const upper = word.toUpperCase();
  if (operators.has(upper)) return upper;
  const later = word.endsWith('+') && !idOf.has(word.toLowerCase()) ? '+' : '';
  const id = later === '' ? word : word.slice(0, -1);
  return `${idOf.get(id.toLowerCase()) ?? id}${later}`;
}
