const meanings: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

/** The words that `yesOrNo` accepts, for messages. */
export const yesOrNoWords = [...meanings.keys()].join(', ');

/** The meaning of the text of a setting, in upper or lower case; `undefined` for one that is neither yes nor no. */
export function yesOrNo(text: string): boolean | undefined {
  return meanings.get(text.toLowerCase());
}
