import { testBudget } from '@clarion/test-kit';
import { parseInstalled } from './parse';

const path = 'lib/apk/db/installed';

function parse(text: string, budget = testBudget()): ReturnType<typeof parseInstalled> {
  return parseInstalled({ path, content: Buffer.from(text) }, budget);
}

describe('apk', () => {
  it.each([
    [
      'a full record',
      'P:a\nV:1-r0\nA:x86_64\nL:MIT\no:b\nm:M <m@x>\n',
      { architecture: 'x86_64', license: 'MIT', vendor: 'M <m@x>' },
      'b',
    ],
    ['a record without origin', 'P:a\nV:1-r0\n', {}, 'a'],
    ['a record with an empty origin', 'P:a\nV:1-r0\no:\nA:\n', {}, 'a'],
    ['the first of repeated fields', 'P:a\nP:z\nV:1-r0\nV:9\n', {}, 'a'],
    ['fields of other case as other fields', 'p:x=1\nP:a\nv:2\nV:1-r0\nO:z\n', {}, 'a'],
    ['a colon in a value', 'P:a\nV:1-r0\nL:x:y\n', { license: 'x:y' }, 'a'],
  ])('reads %s', (_, text, fields, origin) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([
      { type: 'apk', name: 'a', version: '1-r0', source: { name: origin, version: '1-r0' }, ...fields, path },
    ]);
    expect(problems).toEqual([]);
  });

  it.each<[what: string, text: string, codes: readonly string[]]>([
    ['nothing', '', []],
    ['blank lines', '\n\r\n\n', []],
    ['a record without version', 'P:a\n', ['bad-record', 'unreadable-database']],
    ['a record without name', 'V:1\n', ['bad-record', 'unreadable-database']],
    ['an empty name', 'P:\nV:1\n', ['bad-record', 'unreadable-database']],
  ])('of %s gives no package and the right problems', (_, text, codes) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([]);
    expect(problems.map((problem) => problem.code)).toEqual(codes);
  });

  it('stops at more packages than any image has', () => {
    const budget = testBudget();
    const { features } = parse('P:a\nV:1\n\n'.repeat(100_002), budget);
    expect(features).toHaveLength(100_000);
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});
