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
    ['a record without a source package', 'P:a\nV:1-r0\n', {}, 'a'],
    ['a source package with blanks around it', 'P:a\nV:1-r0\no: b+2.0_x \nA:\n', {}, 'b+2.0_x'],
    ['fields of other case as other fields', 'p:x=1\nP:a\nv:2\nV:1-r0\nO:z\n', {}, 'a'],
    ['a colon in a value', 'P:a\nV:1-r0\nL:x:y\n', { license: 'x:y' }, 'a'],
  ])('reads %s', (_, text, fields, sourcePackage) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([
      { type: 'apk', name: 'a', version: '1-r0', source: { name: sourcePackage, version: '1-r0' }, ...fields, path },
    ]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['whose blank line is lost', 'P:a\nV:1\nP:b\nV:2\no:s\n', ['a 1 a', 'b 2 s'], 'another one begins'],
    ['with two versions', 'P:a\nV:9\nV:1\n', ['a 9 a', 'a 1 a'], '"V" more than once'],
    ['with two source packages', 'P:a\nV:1\no:s\no:t\n', ['a 1 s', 'a 1 t'], '"o" more than once'],
    ['with an empty source package', 'P:a\nV:1\no:\n', ['a 1 a'], 'an origin that is not a name: \"\"'],
    ['with a blank source package', 'P:a\nV:1\no:  \n', ['a 1 a'], 'not a name: \"\"'],
    ['whose source package is two words', 'P:a\nV:1\no:open ssl\n', ['a 1 open ssl'], 'not a name: \"open ssl\"'],
    [
      'whose source package is a path',
      'P:a\nV:1\no:main/openssl\n',
      ['a 1 main/openssl'],
      'not a name: \"main/openssl\"',
    ],
    ['whose source package has a NUL', 'P:a\nV:1\no:b\0\n', ['a 1 b\0'], 'not a name'],
    ['with two licences', 'P:a\nV:1\nL:s\nL:t\n', ['a 1 a'], '"L" more than once'],
  ])('reads what it can of a record %s, and reports the problem', (_, text, found, message) => {
    const { features, problems } = parse(text);
    expect(features.map(({ name, version, source }) => `${name} ${version} ${source?.name ?? ''}`)).toEqual(found);
    expect(problems).toMatchObject([{ code: 'bad-record', message: expect.stringContaining(message) as unknown }]);
  });

  it.each<[what: string, text: string, codes: readonly string[]]>([
    ['nothing', '', []],
    ['blank lines', '\n\r\n\n', []],
    ['a record without version', 'P:a\n', ['bad-record', 'unreadable-database']],
    ['a record without name', 'V:1\n', ['bad-record', 'unreadable-database']],
    ['an empty name', 'P:\nV:1\n', ['bad-record', 'unreadable-database']],
  ])('reads no package from %s and reports the right problems', (_, text, codes) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([]);
    expect(problems.map((problem) => problem.code)).toEqual(codes);
  });

  it('stops at more packages than any real image has', () => {
    const budget = testBudget();
    const { features } = parse('P:a\nV:1\n\n'.repeat(100_002), budget);
    expect(features).toHaveLength(100_000);
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});
