/** A pattern of words in lower case that takes them in any case, without a flag: patterns of JSON Schema have none. */
export function anyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}
