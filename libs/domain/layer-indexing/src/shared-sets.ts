/** Beyond so many, a set is made for each file. */
const mostSets = 1000;

const longer = new Map<ReadonlySet<string> | undefined, Map<string, ReadonlySet<string>>>();
let count = 0;

/**
 * The set with one more text. Equal sets that are made in the same order are one, so nobody may change them: fifty thousand
 * files of a layer are all not for the same detectors.
 */
export function withText(texts: ReadonlySet<string> | undefined, text: string): ReadonlySet<string> {
  if (texts?.has(text) === true) return texts;
  const known = longer.get(texts)?.get(text);
  if (known !== undefined) return known;
  const set = new Set([...(texts ?? []), text]);
  if (count >= mostSets) return set;
  count += 1;
  const sets = longer.get(texts) ?? new Map<string, ReadonlySet<string>>();
  longer.set(texts, sets.set(text, set));
  return set;
}
