/** Words to choose from: `json, sarif or table`. `Intl.ListFormat` does the same, and takes ten milliseconds to load. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
