import fc from 'fast-check';
import { shortenText } from './shorten-text';

describe('shortenText', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one two three', 8, 'one two…'],
    ['one two three', 9, 'one two…'],
    ['one two three', 12, 'one two…'],
    ['one  two three', 6, 'one…'],
    ['unbroken', 5, 'unbr…'],
    ['a unbroken', 8, 'a unbro…'],
    ['one\ntwo three', 8, 'one\ntwo…'],
    ['x\u{1f600}y', 3, 'x…'],
    ['anything', 0, '…'],
  ])('%j to %d', (text, length, expected) => {
    expect(shortenText(text, length)).toBe(expected);
  });

  it('is never longer, and its words are words of the text', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 60 }), (list, length) => {
        const text = list.join(' ');
        const short = shortenText(text, length);
        expect(short.length).toBeLessThanOrEqual(length);
        expect(list).toEqual(expect.arrayContaining(short.replace('…', '').split(' ')));
      }),
    );
  });
});
