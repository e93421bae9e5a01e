import type { WorkBudget } from '@clarion/model';
import { linesOf } from './lock-text';

/** A key of a nested mapping, with its scalar value as text; '' where it has none, or a mapping below it. */
export interface BlockEntry {
  /** The keys from the outermost mapping to this one. Only valid until the next entry. */
  readonly path: readonly string[];
  readonly value: string;
}

/** Nothing that matters in lock files is deeper. */
const maxDepth = 12;

/**
 * The keys of nested mappings in the one style in which package managers write YAML: a key on each line, indented by
 * spaces. Values in flow style stay text, items of lists are passed over, and nothing is ever referred to by alias. A
 * YAML parser takes a second and 80 MB for each megabyte, and cannot be stopped.
 */
export function* blockEntries(text: string, budget: WorkBudget): Generator<BlockEntry> {
  const path: string[] = [];
  const indents: number[] = [];
  for (const line of linesOf(text, budget)) {
    const start = indentOf(line);
    const content = line.slice(start);
    if (content === '' || content.startsWith('#') || content.startsWith('- ')) continue;
    if (content.startsWith('---')) {
      path.length = 0;
      indents.length = 0;
      continue;
    }
    // `? long key` and then `: value`: the value is a mapping that begins on the same line.
    const isValue = content.startsWith(': ');
    const indent = isValue ? start + 2 : start;
    const entry = keyAndValue(
      isValue || content.startsWith('? ') ? content.slice(2) : content,
      content.startsWith('? '),
    );
    if (entry === undefined) continue;
    while ((indents.at(-1) ?? -1) >= indent) {
      indents.pop();
      path.pop();
    }
    if (path.length >= maxDepth) continue;
    indents.push(indent);
    path.push(entry[0]);
    yield { path, value: entry[1] };
  }
}

function indentOf(line: string): number {
  let at = 0;
  while (line.charCodeAt(at) === 0x20) at += 1;
  return at;
}

function keyAndValue(text: string, isWhole: boolean): readonly [key: string, value: string] | undefined {
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const end = endOfQuoted(text, quote);
    if (end === undefined || (text[end + 1] !== ':' && !(isWhole && end === text.length - 1))) return undefined;
    return [unquoted(text.slice(0, end + 1)), unquoted(text.slice(end + 2).trim())];
  }
  if (isWhole) return [text, ''];
  const colon = text.indexOf(': ');
  if (colon > 0) return [text.slice(0, colon), unquoted(text.slice(colon + 2).trim())];
  return text.endsWith(':') ? [text.slice(0, -1), ''] : undefined;
}

/** Index of the quote that ends the text which begins with one. */
function endOfQuoted(text: string, quote: string): number | undefined {
  for (let at = 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (quote !== "'" || text[at + 1] !== "'") return at;
      at += 1;
    }
  }
  return undefined;
}

/** The text of a scalar in quotes; any other text as it is. */
export function unquoted(text: string): string {
  if (text.length < 2) return text;
  if (text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(["\\/])/g, '$1') : text;
}
