/** Characters that terminals draw two columns wide, and those that take none. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const mark = /\p{M}/u;
const ascii = /^[ -~]*$/;

/** Columns that `text`, which is printable, takes in a terminal. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (mark.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Where a long word may be broken so that it still reads well. */
const breakAfter = new Set(['-', '/', '+', '~', ':', ',']);
/** These end a part only after a letter or digit: `.pnpm` and `@scope` stay whole. */
const breakWithin = new Set(['.', '@']);
const endOfWord = /[\p{L}\p{N}]/u;

/**
 * Lines of at most `width` columns: broken at a blank in the last two thirds, else before an artifact that would be
 * broken, else after the last separator, else at a blank, else after an underscore, else anywhere.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (displayWidth(rest) > width) {
    const line = firstLine(rest, Math.max(width, 2));
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  if (rest !== '' || lines.length === 0) lines.push(rest);
  return lines;
}

/** The group of `group:artifact`, where the artifact fits a line of its own: it is what is searched for. */
function upToGroup(text: string, line: string, { from, width }: { from: number; width: number }): string | undefined {
  const end = line.lastIndexOf(':') + 1;
  // Neither an epoch nor the scheme of an address is a group.
  if (end <= from || !/[\p{L}]/u.test(line.slice(from, end)) || text.charAt(end) === '/') return undefined;
  const [artifact = ''] = text.slice(end).split(' ', 1);
  return displayWidth(artifact) <= width ? line.slice(0, end) : undefined;
}

function firstLine(text: string, width: number): string {
  let line = '';
  let used = 0;
  let blank = '';
  let separator = '';
  let underscore = '';
  let before = '';
  for (const character of text) {
    used += characterWidth(character);
    // A blank just beyond the end costs nothing.
    if (character === ' ') blank = line;
    if (used > width) break;
    line += character;
    if (breakAfter.has(character) || (breakWithin.has(character) && endOfWord.test(before))) separator = line;
    if (character === '_') underscore = line;
    before = character;
  }
  if (displayWidth(blank) * 3 > width) return blank;
  if (separator.length > blank.length) return upToGroup(text, line, { from: blank.length, width }) ?? separator;
  return [blank, underscore].find((part) => part.trim() !== '') ?? line;
}
