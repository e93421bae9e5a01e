import { alternatives } from './alternatives';

describe('alternatives', () => {
  it.each<[words: readonly string[], text: string]>([
    [[], ''],
    [['json'], 'json'],
    [['json', 'table'], 'json or table'],
    [['json', 'sarif', 'table'], 'json, sarif or table'],
  ])('of %j', (words, text) => {
    expect(alternatives(words)).toBe(text);
    expect(alternatives(words)).toBe(new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(words));
  });
});
