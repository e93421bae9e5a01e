/**
 * Everything that could move a cursor, change colours, reverse or hide text: control and format characters (bidi
 * controls, zero-width, tags), line and paragraph separators, lone surrogates and private code points. The source of a
 * regular expression with the flag `u`.
 */
export const unprintableCharacter = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}]';

const unprintable = new RegExp(unprintableCharacter, 'gu');

/** Untrusted `text` without anything that a terminal would interpret: such a character becomes `\u{1b}`. */
export function escapeUnprintable(text: string, kept = ''): string {
  return text.replace(unprintable, (character) =>
    kept.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
