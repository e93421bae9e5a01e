import type { WorkBudget } from '@clarion/model';
import { tokensOf } from './tokens';

/** A term of Erlang: a text (an atom, a string, a binary, a number), or the items of a list, tuple or map. */
export type Term = string | readonly Term[];

/** Deeper terms are not metadata. */
const deepest = 64;

/**
 * The terms of a file that `file:consult` of Erlang reads, one after another. The last one is undefined where the rest
 * is not such a file: it ends inside of a term, or is too deep. Strings in a row are one string, as in Erlang.
 */
export function* readTerms(text: string, budget: WorkBudget): Generator<Term | undefined> {
  let open: Term[][] = [[]];
  /** Whether a comma or bracket came after the last text. */
  let isSeparate = true;
  for (const token of tokensOf(text, budget)) {
    const items = open.at(-1) ?? [];
    if (token.kind === 'text') {
      if (isSeparate) items.push(token.text);
      else if (token.isString) items.push(`${textOf(items.pop())}${token.text}`);
      isSeparate = false;
      continue;
    }
    isSeparate = true;
    if (token.kind === 'open') open.push([]);
    else if (token.kind === 'close') {
      open.pop();
      open.at(-1)?.push(items);
    } else if (token.kind === 'end' && open.length === 1) {
      yield items[0];
      open = [[]];
    }
    if (token.kind === 'damage' || open.length === 0 || open.length > deepest) {
      yield undefined;
      return;
    }
  }
  if (open.length > 1 || (open[0]?.length ?? 0) > 0) yield undefined;
}

function textOf(term: Term | undefined): string {
  return typeof term === 'string' ? term : '';
}

/** The first value of a key in a list of pairs, as `{vsn, "1.0"}`. */
export function valueOf(pairs: Term | undefined, key: string): Term | undefined {
  if (typeof pairs === 'string' || pairs === undefined) return undefined;
  const pair = pairs.find((term) => typeof term !== 'string' && term[0] === key);
  return pair?.[1];
}
