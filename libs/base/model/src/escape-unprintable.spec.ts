import { escapeUnprintable } from './escape-unprintable';

describe('escapeUnprintable', () => {
  it.each([
    ['colours', 'a\u001b[31mred', 'a\\u{1b}[31mred'],
    ['text that runs the other way', 'a\u202eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
    ['characters without width', 'a\u200bb\u2060c\ufeffd', 'a\\u{200b}b\\u{2060}c\\u{feff}d'],
    ['tags, which nobody sees', 'a\u{e0041}\u{e0042}', 'a\\u{e0041}\\u{e0042}'],
    ['line separators', 'a\u2028b\u2029c\nd', 'a\\u{2028}b\\u{2029}c\\u{a}d'],
    ['lone surrogates', 'a\ud800b', 'a\\u{d800}b'],
    ['what is printable, not at all', 'ä 中 😀 \\', 'ä 中 😀 \\'],
  ])('escapes %s', (_, text, expected) => {
    expect(escapeUnprintable(text)).toBe(expected);
  });

  it('keeps the given characters', () => {
    expect(escapeUnprintable('a\tb\nc\u0007', '\n\t')).toBe('a\tb\nc\\u{7}');
  });
});
