import { plainDescription } from './plain-description';

test.each([
  ['', ''],
  ['  One   line\nof text ', 'One line of text'],
  ['A title\n\nA text.', 'A title. A text.'],
  ['A title.\r\n\r\nA text.', 'A title. A text.'],
  ['A title\n\n### Impact\nIt `parses` **all**.\n\n## Patches\n\nNone.', 'A title. It parses all. None.'],
  ['See [the advisory](https://example.com/a) #1', 'See the advisory #1'],
  ['# Only a heading', ''],
])('%j is described as %j', (description, expected) => {
  expect(plainDescription(description)).toBe(expected);
});

test('a long description costs little', () => {
  expect(plainDescription('['.repeat(1_000_000)).length).toBe(4000);
});
