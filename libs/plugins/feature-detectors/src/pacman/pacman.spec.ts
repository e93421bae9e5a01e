import { createWorkBudget, type WorkBudget } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { pacman } from './index';
import { parseDescription } from './parse';

const path = 'var/lib/pacman/local/a-1:1.0-1/desc';

function parse(text: string, budget: WorkBudget = testBudget()): ReturnType<typeof parseDescription> {
  return parseDescription({ path, content: Buffer.from(text) }, budget);
}

describe('pacman', () => {
  it.each([
    [
      'a full description',
      '%NAME%\na\n\n%VERSION%\n1:1.0-1\n\n%BASE%\nb\n\n%ARCH%\nx86_64\n',
      'b',
      { architecture: 'x86_64' },
    ],
    ['one without base', '%NAME%\na\n\n%VERSION%\n1:1.0-1\n', 'a', {}],
    ['an empty base', '%NAME%\na\n%BASE%\n\n%VERSION%\n1:1.0-1\n', 'a', {}],
    [
      'the first of several values',
      '%NAME%\na\nz\n\n%VERSION%\n1:1.0-1\n\n%LICENSE%\nMIT\nBSD\n',
      'a',
      { license: 'MIT' },
    ],
    ['CRLF', '%NAME%\r\na\r\n\r\n%VERSION%\r\n1:1.0-1\r\n', 'a', {}],
    ['a field that is like a value', '%NAME%\na\n\n%DESC%\n%VERSION\n\n%VERSION%\n1:1.0-1\n', 'a', {}],
  ])('reads %s', (_, text, base, more) => {
    const { features, problems } = parse(text);
    const source = { name: base, version: '1:1.0-1' };
    expect(features).toEqual([{ type: 'alpm', name: 'a', version: '1:1.0-1', source, ...more, path }]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['nothing', '', '"a-1:1.0-1"'],
    ['no version', '%NAME%\nb\n', '"b"'],
    ['no name', '%VERSION%\n1-1\n', '"a-1:1.0-1"'],
    ['an empty name', '%NAME%\n\n%VERSION%\n1-1\n', '"a-1:1.0-1"'],
  ])('reads no package from %s and reports a problem', (_, text, shown) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([]);
    expect(problems).toEqual([
      { code: 'bad-record', path, message: `The description of ${shown} lacks a name or a version` },
    ]);
  });

  it.each([
    ['two versions', '%NAME%\na\n\n%VERSION%\n9\n\n%VERSION%\n1\n', ['a 9', 'a 1'], '"VERSION" more than once'],
    ['two packages', '%NAME%\na\n\n%VERSION%\n1\n\n%NAME%\nb\n\n%VERSION%\n2\n', ['a 1', 'b 2'], 'another one begins'],
  ])('reads what it can of a description of %s, and reports the problem', (_, text, found, message) => {
    const { features, problems } = parse(text);
    expect(features.map(({ name, version }) => `${name} ${version}`)).toEqual(found);
    expect(problems).toMatchObject([{ code: 'bad-record', message: expect.stringContaining(message) as unknown }]);
  });

  it('stops when its budget is used up', () => {
    const spent = createWorkBudget('A test', { steps: 10, facts: 10, millis: 60_000 });
    expect(parse(`${'\n'.repeat(20)}%NAME%\na\n%VERSION%\n1-1\n`, spent).features).toEqual([]);
    expect(spent.problem()?.code).toBe('limit-reached');
    const full = createWorkBudget('A test', { steps: 100, facts: 0, millis: 60_000 });
    expect(parse('%NAME%\na\n%VERSION%\n1-1\n', full)).toEqual({ features: [], problems: [] });
    expect(full.problem()?.code).toBe('limit-reached');
  });

  it.each([
    ['none', '', undefined],
    ['a comment', '[options]\n#DBPath = /srv/db\n', undefined],
    ['the usual folder', '[options]\n DBPath=/var//lib/pacman/\r\nRootDir = /\n', undefined],
    ['an invalid name', '[options]\nDBPathX = /srv/db\n[core]\nDBPath = /srv/db\n', undefined],
    ['of a section that is not a section', '[options\nDBPath = /srv/db\n', undefined],
    ['in the right section again', '[core]\nServer = x\n[options]\nDBPath = /srv/db\n', '/srv/db'],
    ['another folder', '[options]\nDBPath = /srv/db/\nDBPath = /var/lib/pacman\n', '/srv/db'],
    ['another root', '[options]\nRootDir = /srv\n', '/srv/var/lib/pacman'],
    ['its folder in another root', '[options]\nRootDir = /srv\nDBPath = /var/lib/pacman/\n', undefined],
  ])('reports that a database is not read when the configuration is %s', async (_, text, folder) => {
    const file = { path: 'etc/pacman.conf', content: Buffer.from(text) };
    const message = `pacman keeps its database in "${folder ?? ''}", which is not read`;
    expect(await pacman.detect([file], testBudget())).toEqual({
      features: [],
      problems: folder === undefined ? [] : [{ code: 'unreadable-database', path: file.path, message }],
    });
  });
});
