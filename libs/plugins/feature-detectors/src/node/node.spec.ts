import { compileFileFilters } from '@clarion/layer-archive';
import type { DetectedFacts } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { node } from '.';
import { parsePackage } from './parse';

const path = 'app/node_modules/a/package.json';

function parse(text: string): ReturnType<typeof parsePackage> {
  return parsePackage({ path, content: Buffer.from(text) }, testBudget());
}

const wide = `{${'"a":{},'.repeat(300_000)}"b":{}}`;

describe('node reads', () => {
  it.each<[what: string, text: string]>([
    ['before what it reads', `{"x":${wide},"name":"a","version":"1.0.0","license":"MIT"}`],
    ['behind it', `{"name":"a","version":"1.0.0","license":"MIT",${wide.slice(1)}`],
    ['in it', `{"name":"a","version":"1.0.0","license":"MIT","contributes":${wide},"exports":${wide}}`],
  ])('files with more values than are parsed: %s', (_, text) => {
    const feature = { type: 'npm', name: 'a', version: '1.0.0', license: 'MIT', path };
    expect(parse(text)).toEqual({ features: [feature], problems: [] });
  });

  it.each<[what: string, text: string, code: string]>([
    ['without an end', `{"a":"${'x'.repeat(100_000)}"`, 'unreadable-database'],
    ['deep', `{"a":${'['.repeat(100_000)}`, 'limit-reached'],
    ['a list', `[${wide}]`, 'limit-reached'],
  ])('no large file that is damaged: %s', (_, text, code) => {
    expect(parse(text).problems).toMatchObject([{ code, path }]);
  });

  it.each<[what: string, text: string, fields: Record<string, string>]>([
    ['name and version', '{"name":"a","version":"1.0.0"}', {}],
    ['the name of an alias', '{"name":"@scope/b","version":"1.0.0"}', { name: '@scope/b' }],
    ['a byte order mark', '\ufeff{"name":"a","version":"1.0.0"}', {}],
    ['the last of repeated members', '{"name":"b","name":"a","version":"0.1.0","version":"1.0.0"}', {}],
    ['a version as npm does', '{"name":"a","version":" v1.2.3 "}', { version: '1.2.3' }],
    ['a text that is not a version as written', '{"name":"a","version":"vnext"}', { version: 'vnext' }],
    ['a licence', '{"name":"a","version":"1.0.0","license":"(MIT OR CC0-1.0)"}', { license: '(MIT OR CC0-1.0)' }],
    ['a licence object', '{"name":"a","version":"1.0.0","license":{"type":"MIT","url":"u"}}', { license: 'MIT' }],
    [
      'licences to choose from',
      '{"name":"a","version":"1.0.0","licenses":[{"type":"MIT"},{"type":"GPL-2.0"},{}]}',
      { license: 'MIT OR GPL-2.0' },
    ],
    ['a library for extensions', '{"name":"a","version":"1.0.0","engines":{"vscode":"^1.52.0"}}', {}],
    ['a theme of an editor', '{"name":"a","version":"1.0.0","publisher":"p","contributes":{"themes":[]}}', {}],
    ['the word of a game engine', '{"name":"a","version":"1.0.0","unity":"2020.3"}', {}],
    ['engines in an old form', '{"name":"a","version":"1.0.0","engines":["node >= 0.2.0"]}', {}],
    ['members of Object', '{"name":"a","version":"1.0.0","__proto__":{"version":"2"},"constructor":1}', {}],
  ])('%s', (_, text, fields) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([{ type: 'npm', name: 'a', version: '1.0.0', path, ...fields }]);
    expect(problems).toEqual([]);
  });

  it.each<[what: string, text: string, codes: readonly string[]]>([
    ['a file that states the kind of modules', '{"type":"module"}', ['bad-record']],
    ['no name', '{"version":"1.0.0"}', ['bad-record']],
    ['an empty name', '{"name":"","version":"1.0.0"}', ['bad-record']],
    ['a name that is not text', '{"name":["a"],"version":"1.0.0"}', ['bad-record']],
    ['a file without a version', '{"name":"a"}', ['bad-record']],
    ['an empty version', '{"name":"a","version":""}', ['bad-record']],
    ['an enormous name', `{"name":"${'a'.repeat(5000)}","version":"1.0.0"}`, ['bad-record']],
    ['a private package without a version', '{"name":"a","private":true}', []],
    ['a version that is a number', '{"name":"a","version":3}', ['bad-record']],
    ['an enormous version', `{"name":"a","version":"${'1'.repeat(5000)}"}`, ['bad-record']],
    ['an extension of an editor', '{"name":"a","version":"1","engines":{"vscode":"^1.80.0"},"publisher":"p"}', []],
    ['a package of a game engine', '{"name":"com.acme.a","version":"1.0.0","unity":"2020.3"}', []],
    ['nothing', '', ['unreadable-database']],
    ['half a file', '{"name":"a",', ['unreadable-database']],
    ['a list', '["a"]', ['unreadable-database']],
    ['deep nesting', `{"name":${'['.repeat(100_000)}`, ['limit-reached']],
  ])('no package from %s', (_, text, codes) => {
    const { features, problems } = parse(text);
    expect([features, problems.map(({ code }) => code)]).toEqual([[], codes]);
  });

  it('damage in any number of files as a bounded number of problems', () => {
    const files = Array.from({ length: 5000 }, (_, n) => ({
      path: `node_modules/${n}/package.json`,
      content: Buffer.from('{'),
    }));
    const { problems = [] } = node.detect(files, testBudget()) as DetectedFacts;
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)).toEqual({
      code: 'limit-reached',
      message: '4000 more problems were found in files of this layer',
    });
  });

  it('at most as many packages as a layer may have', () => {
    const budget = testBudget();
    const files = Array.from({ length: 100_001 }, () => ({ path, content: Buffer.from('{"name":"a","version":"1"}') }));
    expect(node.detect(files, budget)).toMatchObject({ problems: [] });
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});

test.each<[what: string, path: string, text: string]>([
  ['part of a package', 'app/node_modules/.store/a-npm-1.0.0-0a/package/package.json', '{"type":"module"}'],
  ['project to which a link leads', 'app/packages/a/package.json', '{"name":"a"}'],
  ['project without a name', 'app/packages/a/package.json', '{"version":"1.0.0"}'],
  ['package of Debian', 'usr/share/nodejs/a/package.json', '{"name":"a"}'],
])('a %s needs no name and version', (_, at, text) => {
  const parsed = parsePackage({ path: at, content: Buffer.from(text) }, testBudget());
  expect(parsed).toEqual({ features: [], problems: [] });
});

test('the problem names what Node loads, also with a scope', () => {
  const file = { path: 'app/node_modules/@s/a/package.json', content: Buffer.from('{"version":"1.0.0"}') };
  const message = 'Node loads "@s/a" from here, but the file has no name';
  expect(parsePackage(file, testBudget()).problems).toEqual([{ code: 'bad-record', path: file.path, message }]);
});

test.each<[path: string, found: number]>([
  ['app/node_modules/a/node_modules/b/package.json', 1],
  ['app/node_modules/.pnpm/b@1.0.0/node_modules/b/package.json', 1],
  ['app/node_modules/.store/b-npm-1.0.0-0a/package/package.json', 1],
  ['app/node_modules/a/dist/node_modules/b/package.json', 1],
  ['srv/test/app/node_modules/b/package.json', 1],
  ['app/node_modules/test/node_modules/b/package.json', 1],
  ['app/node_modules/@s/fixtures/node_modules/b/package.json', 1],
  ['app/node_modules/.bun/b@1.0.0/node_modules/b/package.json', 1],
  ['app/node_modules/.pnpm/lodash-abcd1234@1.0.0/node_modules/b/package.json', 1],
  ['app/node_modules/a/node_modules/test/package.json', 1],
  ['app/node_modules/.pnpm/test@1.0.0/node_modules/test/package.json', 1],
  ['app/node_modules/test/test/node_modules/b/package.json', 0],
  ['app/node_modules/a/@s/test/node_modules/b/package.json', 0],
  ['app/node_modules/a/__tests__/node_modules/b/package.json', 0],
  ['app/node_modules/.b-Xy12AbCd/package.json', 0],
  ['app/node_modules/@s/.b-Xy12AbCd/package.json', 0],
  ['app/node_modules/.b-Xy12AbCd/node_modules/c/package.json', 0],
  ['app/node_modules/.ignored_b/package.json', 0],
  ['app/node_modules/.ignored/a/node_modules/b/package.json', 0],
  ['app/node_modules/.cache/package.json', 0],
  ['app/node_modules/@s/package.json', 0],
  ['usr/share/nodejs/@s/package.json', 0],
  ['app/node_modules/resolve/test/resolver/node_modules/b/package.json', 0],
  ['app/node_modules/a/examples/node_modules/b/package.json', 0],
  // The cache of conda, and directories of such names.
  ['opt/conda/pkgs/nodejs-18.16.0-h1990674_1/lib/node_modules/npm/package.json', 0],
  ['src/pkgs/my-tool-1.0/lib/node_modules/b/package.json', 1],
  ['opt/conda/envs/web/lib/node_modules/npm/package.json', 1],
  ['src/pkgs/tool-1.0/lib/node_modules/b/package.json', 1],
  // By links: to a workspace, and to one that a package is tested with.
  ['app/packages/test/b/package.json', 1],
  ['app/node_modules/resolve/test/resolver/multirepo/packages/b/package.json', 0],
  ['app/node_modules/test/b/package.json', 1],
])('the package at %s: %j', (at, found) => {
  const { features } = parsePackage({ path: at, content: Buffer.from('{"name":"b","version":"1.0.0"}') }, testBudget());
  expect(compileFileFilters([node]).isExcepted('node', at) ? 0 : features.length).toBe(found);
});

test.each<[path: string, name: string, found: number]>([
  ['opt/yarn-v1.22.5/package.json', 'yarn', 1],
  ['opt/yarn/package.json', 'yarn', 1],
  ['usr/share/yarn/package.json', 'yarn', 1],
  ['root/.yarn/package.json', 'yarn', 1],
  ['home/node/.yarn/package.json', 'yarn', 1],
  ['home/node/.cache/node/corepack/v1/yarn/1.22.22/package.json', 'yarn', 1],
  ['root/.cache/node/corepack/pnpm/8.6.0/package.json', 'pnpm', 1],
  ['usr/local/share/corepack/v1/npm/10.2.0/package.json', 'npm', 1],
  ['root/.volta/tools/image/yarn/1.22.19/package.json', 'yarn', 1],
  ['srv/yarn-v2/package.json', 'shop', 0],
  ['root/.cache/node/corepack/v1/pnpm/9.0.0/package.json', 'yarn', 0],
  ['srv/yarn/package.json', 'yarn', 0],
  ['srv/.yarn/package.json', 'yarn', 0],
  ['root/.cache/node/corepack/v1/npm/10.2.0/lib/package.json', 'npm', 0],
  ['root/.cache/node/corepack/v1/npm/10.2.0/node_modules/abbrev/package.json', 'abbrev', 1],
  ['root/.local/share/pnpm/.tools/pnpm/9.1.0/node_modules/pnpm/package.json', 'pnpm', 1],
  ['app/node_modules/yarn-v1/package.json', 'alias', 1],
])('the package manager at %s with the name %s: %j', (at, name, found) => {
  const files = [{ path: at, content: Buffer.from(JSON.stringify({ name, version: '1.0.0' })) }];
  const given = files.filter((file) => compileFileFilters([node]).match(file.path).length > 0);
  const { features = [] } = node.detect(given, testBudget()) as DetectedFacts;
  expect(features).toHaveLength(found);
});
