const meanings: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

/** The words that `yesOrNo` knows, for messages. */
export const yesOrNoWords = [...meanings.keys()].join(', ');

/** What the text of a setting means, in any case of its letters; `undefined` for one that is neither yes nor no. */
export function yesOrNo(text: string): boolean | undefined {
  return meanings.get(text.toLowerCase());
}
