import { testBudget } from '@clarion/test-kit';
import { parseInstalled } from './apk/parse';
import { parseStatus } from './dpkg/parse';
import { parseFile } from './erlang/parse';
import { parseRegistration } from './haskell/parse';
import { parseRockspec } from './lua/parse';
import { parseMetadata } from './python/parse';
import { parseDescription } from './r/parse';
import { parseGemspec } from './ruby/parse';

// The cost of parsing a text grows at most linearly with its length, whatever it contains.

const parsers = [
  ['dpkg', parseStatus],
  ['apk', parseInstalled],
  ['python', parseMetadata],
  ['ruby', parseGemspec],
  ['r', parseDescription],
  ['haskell', parseRegistration],
  ['lua', parseRockspec],
  ['erlang', parseFile],
] as const;

const texts: readonly (readonly [name: string, of: (count: number) => string])[] = [
  ['packages', (count) => 'Package: p\nP:p\nVersion: 1\nV:1-r0\nStatus: install ok installed\n\n'.repeat(count)],
  ['fields of one package', (count) => `Package: p\nP:p\n${'F: a\n'.repeat(count)}`],
  ['continuations of one field', (count) => `Package: p\nP:p\nF: a\n${' b\n'.repeat(count)}`],
  ['one field again and again', (count) => 'Package: p\nP:p\n'.repeat(count)],
  ['lines without a colon', (count) => 'abc\n'.repeat(count)],
  ['empty lines', (count) => '\n'.repeat(count)],
  ['colons', (count) => `Package${':'.repeat(count)}\n`],
  ['assignments', (count) => `Gem::Specification.new\n${'s.name = "a"\ns.licenses = ["b"]\nName: a\n'.repeat(count)}`],
  ['terms', (count) => `{application,a,[${'{vsn,"1"},'.repeat(count)}b]}.\n`],
  ['open brackets', (count) => '['.repeat(count)],
  ['quotes that do not end', (count) => `{"${'\\'.repeat(count)}`],
  ['one long line', (count) => `Package: ${'p'.repeat(count)}`],
];

describe.each(parsers)('%s', (_, parse) => {
  test.each(texts)('takes at most twice the steps for twice as many %s', (_name, textOf) => {
    const steps = (count: number): number => {
      const budget = testBudget();
      parse({ path: 'x', content: Buffer.from(textOf(count)) }, budget);
      return budget.spent.steps;
    };
    const [once, twice] = [steps(2000), steps(4000)];
    expect(once).toBeGreaterThan(0);
    expect(twice).toBeLessThanOrEqual(2 * once);
  });
});
