import { yesOrNo, yesOrNoWords } from './yes-or-no';

it.each([
  ['true', true],
  ['True', true],
  ['1', true],
  ['yes', true],
  ['ON', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['Off', false],
  ['flase', undefined],
  ['maybe', undefined],
  ['', undefined],
  [' true', undefined],
  ['truе', undefined],
])('%j means %p', (text, meaning) => {
  expect(yesOrNo(text)).toBe(meaning);
});

it('knows every word that its message lists', () => {
  expect(yesOrNoWords.split(', ').filter((word) => yesOrNo(word) === undefined)).toEqual([]);
});
