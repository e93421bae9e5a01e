import type { WorkBudget } from '@clarion/model';

/** A bracket or comma, the end of a term, or a text: an atom, a number, or the content of quotes. */
export type Token =
  | { readonly kind: 'open' | 'close' | 'comma' | 'end' }
  | { readonly kind: 'text'; readonly text: string; readonly isString: boolean }
  /** Quotes that do not end. */
  | { readonly kind: 'damage' };

const kinds: Readonly<Record<string, 'open' | 'close' | 'comma'>> = {
  '{': 'open',
  '[': 'open',
  '}': 'close',
  ']': 'close',
  ',': 'comma',
};

/** White space, and what marks binaries and maps: their content is what matters. */
const skipped = new Set(' \t\r\n\f\v\0<>#|=');
const endsWord = new Set([...skipped, ...Object.keys(kinds), '"', "'", '%']);

/** The tokens of a file of Erlang terms, one step each. */
export function* tokensOf(text: string, budget: WorkBudget): Generator<Token> {
  for (let at = 0; at < text.length && budget.spend(1);) {
    const character = text[at] ?? '';
    const kind = kinds[character];
    if (skipped.has(character)) at += 1;
    else if (character === '%') at = endOfLine(text, at);
    else if (kind !== undefined) {
      yield { kind };
      at += 1;
    } else if (character === '"' || character === "'") {
      const end = endOfQuotes(text, at);
      if (end === undefined) {
        yield { kind: 'damage' };
        return;
      }
      yield { kind: 'text', text: unescaped(text.slice(at + 1, end)), isString: character === '"' };
      at = end + 1;
    } else {
      const end = endOfWord(text, at);
      if (end > at) yield { kind: 'text', text: text.slice(at, end), isString: false };
      else yield { kind: 'end' };
      at = Math.max(end, at + 1);
    }
  }
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function endOfQuotes(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at;
  }
  return undefined;
}

/** A full stop ends a term where white space follows; in a number it does not. */
function endOfWord(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (endsWord.has(character)) return at;
    const next = text[at + 1];
    if (character === '.' && (next === undefined || next === '%' || skipped.has(next))) return at;
  }
  return at;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([^])/g, '$1') : text;
}
