import { testBudget } from '@clarion/test-kit';
import { parseDependencies } from './parse';

const path = 'app/Shop.deps.json';

function parse(content: unknown, budget = testBudget()): ReturnType<typeof parseDependencies> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return parseDependencies({ path, content: Buffer.from(text) }, budget);
}

const target = '.NETCoreApp,Version=v8.0/linux-x64';
const library = 'Newtonsoft.Json/13.0.3';

function dependencies(assets: object, type = 'package', key = library): object {
  return {
    runtimeTarget: { name: target, signature: '' },
    targets: { '.NETCoreApp,Version=v8.0': {}, [target]: { [key]: assets } },
    libraries: { [key]: { type, serviceable: true, sha512: '' } },
  };
}

const one = { 'lib/net6.0/Newtonsoft.Json.dll': {} };
const known = ['Newtonsoft.Json 13.0.3'];

test.each<[what: string, content: object, found: readonly string[]]>([
  ['a library with assemblies', dependencies({ runtime: one }), known],
  ['one with native code', dependencies({ native: one }), known],
  ['one with files for some platforms', dependencies({ runtimeTargets: one }), known],
  ['one with translations', dependencies({ resources: one }), known],
  [
    'the runtime of a self-contained application',
    dependencies({ runtime: one }, 'runtimepack', 'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1'),
    ['Microsoft.NETCore.App.Runtime.linux-x64 8.0.1'],
  ],
  ['one of four parts', dependencies({ runtime: one }, 'package', 'A/1.0.0.1-beta'), ['A 1.0.0.1-beta']],
  ['one that only the build needs', dependencies({ dependencies: { a: '1' } }), []],
  ['one with no file in a member', dependencies({ runtime: {} }), []],
  ['one to compile with', dependencies({ compile: one }), []],
  ['the application', dependencies({ runtime: one }, 'project'), []],
  ['a reference', dependencies({ runtime: one }, 'reference'), []],
  ['another target', { ...dependencies({ runtime: one }), runtimeTarget: { name: '.NETCoreApp,Version=v8.0' } }, []],
  ['no target of that name', { ...dependencies({ runtime: one }), runtimeTarget: { name: 'x' } }, known],
  ['no targets', { libraries: { [library]: { type: 'package' } } }, known],
])('dotnet reads %s', (_, content, found) => {
  const { features, problems } = parse(content);
  expect(features.map(({ name, version }) => `${name} ${version}`)).toEqual(found);
  expect(features.every((feature) => feature.type === 'nuget' && feature.path === path)).toBe(true);
  expect(problems).toEqual([]);
});

test.each<[what: string, content: unknown, code: string]>([
  ['a key without version', dependencies({ runtime: one }, 'package', 'A'), 'bad-record'],
  ['a key without name', dependencies({ runtime: one }, 'package', '/1'), 'bad-record'],
  ['no libraries', { targets: {} }, 'unreadable-database'],
  ['a list', [], 'unreadable-database'],
  ['nothing', '', 'unreadable-database'],
])('dotnet reports %s', (_, content, code) => {
  const { features, problems } = parse(content);
  expect([features, problems.map((problem) => problem.code)]).toEqual([[], [code]]);
});

test('dotnet reads at most as many packages as a layer may have', () => {
  const budget = testBudget();
  const libraries = Object.fromEntries(Array.from({ length: 100_002 }, (_, n) => [`a${n}/1`, { type: 'package' }]));
  expect(parse({ libraries }, budget).features).toHaveLength(100_000);
  expect(budget.problem()?.code).toBe('limit-reached');
});

const runtimeDirectory = 'usr/share/dotnet/shared/Microsoft.NETCore.App';

test.each<[what: string, file: string, content: object, found: readonly string[]]>([
  [
    // Excerpt of the real file of .NET Core 3.1.23.
    'a runtime of .NET Core 3.1 in its directory',
    `${runtimeDirectory}/3.1.23/Microsoft.NETCore.App.deps.json`,
    {
      runtimeTarget: { name: '.NETCoreApp,Version=v3.1/linux-musl-x64', signature: '' },
      targets: {
        '.NETCoreApp,Version=v3.1/linux-musl-x64': {
          'Microsoft.NETCore.App/3.1.23-servicing.22122.4': { dependencies: {} },
          'runtime.linux-x64.Microsoft.NETCore.App/3.1.23-servicing.22122.4': { runtime: one },
        },
      },
      libraries: {
        'Microsoft.NETCore.App/3.1.23-servicing.22122.4': { type: 'package' },
        'runtime.linux-x64.Microsoft.NETCore.App/3.1.23-servicing.22122.4': { type: 'package' },
      },
    },
    [
      'runtime.linux-x64.Microsoft.NETCore.App 3.1.23-servicing.22122.4',
      'Microsoft.NETCore.App.Runtime.linux-musl-x64 3.1.23',
    ],
  ],
  [
    'a runtime of .NET Core 2.1',
    `${runtimeDirectory}/2.1.30/Microsoft.NETCore.App.deps.json`,
    dependencies({ native: one }, 'package', 'runtime.linux-x64.Microsoft.NETCore.App/2.1.30'),
    ['runtime.linux-x64.Microsoft.NETCore.App 2.1.30', 'Microsoft.NETCore.App 2.1.30'],
  ],
  [
    'a runtime for no platform',
    'opt/dotnet/shared/Microsoft.AspNetCore.App/3.1.1/Microsoft.AspNetCore.App.deps.json',
    { libraries: {}, runtimeTarget: { name: '.NETCoreApp,Version=v3.1' } },
    ['Microsoft.AspNetCore.App 3.1.1'],
  ],
  [
    'a runtime that its file names, once',
    `${runtimeDirectory}/8.0.1/Microsoft.NETCore.App.deps.json`,
    dependencies({ runtime: one }, 'package', 'Microsoft.NETCore.App.Runtime.linux-x64/8.0.1'),
    ['Microsoft.NETCore.App.Runtime.linux-x64 8.0.1'],
  ],
  [
    'a composite runtime',
    `${runtimeDirectory}/8.0.1/Microsoft.NETCore.App.deps.json`,
    dependencies({ runtime: one }, 'package', 'Microsoft.NETCore.App.Runtime.Composite.linux-x64/8.0.1'),
    ['Microsoft.NETCore.App.Runtime.Composite.linux-x64 8.0.1', 'Microsoft.NETCore.App.Runtime.linux-x64 8.0.1'],
  ],
  [
    'another file in the directory of a runtime',
    `${runtimeDirectory}/3.1.23/Other.deps.json`,
    dependencies({ runtime: one }),
    known,
  ],
  [
    'the runtime in a self-contained application of .NET Core 2.1',
    'app/Shop.deps.json',
    dependencies({ native: one }, 'package', 'runtime.linux-x64.Microsoft.NETCore.App/2.1.30'),
    ['runtime.linux-x64.Microsoft.NETCore.App 2.1.30', 'Microsoft.NETCore.App 2.1.30'],
  ],
])('dotnet finds %s', (_, file, content, found) => {
  const { features, problems } = parseDependencies(
    { path: file, content: Buffer.from(JSON.stringify(content)) },
    testBudget(),
  );
  expect(features.map(({ name, version }) => `${name} ${version}`)).toEqual(found);
  expect(problems).toEqual([]);
});
