/** Longest address that is kept. */
const longest = 2000;

/**
 * Web addresses in prose or in a list of any form, each once: words that are an address, without the punctuation of the
 * sentence around them. A bracket at the end stays where the address opens it.
 */
export function webAddresses(text: string, most: number): readonly string[] {
  const found = text
    .split(/[\s;<>"]+/)
    .filter((word) => word.length <= longest && /^https?:\/\/[^\s<>"']/.test(word))
    .map(withoutPunctuation)
    .filter((address) => /^https?:\/\/[^\s<>"']+$/.test(address));
  return [...new Set(found)].slice(0, most);
}

function withoutPunctuation(word: string): string {
  let end = word.length;
  for (; end > 0; end -= 1) {
    const last = word.charAt(end - 1);
    if (",.:;!?'".includes(last)) continue;
    if (last !== ')' || word.slice(0, end).includes('(')) break;
  }
  return word.slice(0, end);
}
