import { testBudget } from '@clarion/test-kit';
import { parseRockspec } from './parse';

const path = 'usr/local/lib/luarocks/rocks-5.4/own-sample/1.2-3/own-sample-1.2-3.rockspec';

function parse(text: string, at = path): ReturnType<typeof parseRockspec> {
  return parseRockspec({ path: at, content: Buffer.from(text) }, testBudget());
}

const own = { type: 'luarocks', name: 'own-sample', version: '1.2-3' };

describe('lua reads', () => {
  it.each<[what: string, text: string, found: object]>([
    ['the directories of a rock', 'package = "Own-Sample"\nversion = "1.2-3"\n', own],
    ['a computed version', 'local v = "1.2"\npackage = "own-sample"\nversion = v .. "-3"\n', own],
    ['a licence', 'package = "a"\ndescription = {\n  license = "MIT/X11",\n}\n', { ...own, license: 'MIT' }],
    ['a licence in one line', "package='a'\ndescription = { summary, license = 'MIT' }\n", { ...own, license: 'MIT' }],
    ['a licence in brackets', 'package = "a"\n license = [[MIT]]\n', { ...own, license: 'MIT' }],
    ['a licence that is computed', 'package = "a"\nlicense = mit()\n', own],
    ['CRLF', 'package = "a"\r\n license = "MIT"\r\n', { ...own, license: 'MIT' }],
  ])('%s', (_, text, found) => {
    expect(parse(text)).toEqual({ features: [{ ...found, path }], problems: [] });
  });

  const elsewhere = 'opt/rocks-5.1/a/b/c.rockspec';
  it.each([
    ['double quotes', 'package = "own"\nversion = "1.0-1"\n'],
    ['single quotes', "package = 'own'\nversion='1.0-1'\n"],
    ['long brackets', 'package = [[own]]\n\tversion = [[1.0-1]]\n'],
  ])('name and version in %s of a file in other directories', (_, text) => {
    expect(parse(text, elsewhere).features).toEqual([
      { type: 'luarocks', name: 'own', version: '1.0-1', path: elsewhere },
    ]);
  });

  it.each([
    ['nothing', '', path, 'unreadable-database'],
    ['another program', 'print("x")\n', path, 'unreadable-database'],
    ['no literal version in other directories', 'package = "a"\nversion = v\n', elsewhere, 'bad-record'],
    ['a very long line', `package = "${'a'.repeat(3000)}"`, path, 'unreadable-database'],
  ])('%s as a problem', (_, text, at, code) => {
    expect(parse(text, at)).toMatchObject({ features: [], problems: [{ code, path: at }] });
  });
});
