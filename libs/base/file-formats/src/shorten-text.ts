/** The end of a text that was shortened. */
const ellipsis = '…';

/**
 * `text`, or its beginning if it is longer than `length` UTF-16 units: cut between two words, with an ellipsis, which
 * counts. Where the last word of the beginning is longer than half of it, it is cut within that word, never within a
 * character.
 */
export function shortenText(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, Math.max(length - ellipsis.length, 0));
  const blank = /\s/.test(text.charAt(head.length)) ? head.length : head.search(/\s\S*$/);
  const whole = blank * 2 >= head.length ? head.slice(0, blank) : head.replace(/[\ud800-\udbff]$/, '');
  return `${whole.trimEnd()}${ellipsis}`;
}
