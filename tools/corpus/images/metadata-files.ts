import type { ExpectedOfFile } from '../expected-of-file';
import type { HostileFile } from '../hostile-file';

const problem: ExpectedOfFile = { problem: 'file' };
const found: ExpectedOfFile = { packages: ['a'] };
const million = 1_000_000;

type Case = readonly [name: string, path: string, content: () => string, expected: ExpectedOfFile];

const site = 'opt/lib/python3/site-packages/a-1.dist-info/METADATA';
const node = 'opt/app/node_modules/a/package.json';
const gemspec = 'opt/gems/specifications/a-1.gemspec';
const composer = 'opt/app/vendor/composer/installed.json';
const description = 'opt/library/a/DESCRIPTION';
const application = 'opt/lib/a-1/ebin/a.app';
const rockspec = 'opt/lib/luarocks/rocks-5.4/a/1-1/a-1-1.rockspec';
const registration = 'opt/ghc/package.conf.d/a-1.conf';
const release = 'opt/perl/.meta/a-1/install.json';
const dart = 'opt/app/.dart_tool/package_config.json';
const swift = 'opt/app/.build/workspace-state.json';

const deep = (): string => '['.repeat(million);
const built = 'Built: R 4.2.2; ; 2024-01-01 00:00:00 UTC; unix\n';

const cases: readonly Case[] = [
  ['Python: a million headers', site, () => `${'A: b\n'.repeat(million)}Name: a\nVersion: 1\n`, found],
  ['Python: one header of 10 MB', site, () => `Name: a\nVersion: 1\nLicense: ${'x'.repeat(10 * million)}\n`, found],
  [
    'Python: 300,000 licences',
    site,
    () => `Name: a\nVersion: 1\n${'Classifier: License :: x\n'.repeat(300_000)}`,
    found,
  ],
  ['Python: UTF-16', site, () => '\u{feff}N\0a\0m\0e\0:\0a\0', found],
  ['Node: a million brackets deep', node, deep, problem],
  [
    'Node: a million repeated members',
    node,
    () => `{${'"name":"b",'.repeat(million)}"name":"a","version":"1"}`,
    problem,
  ],
  ['Node: a name of 1 MB', node, () => JSON.stringify({ name: 'a'.repeat(million), version: '1' }), problem],
  [
    'Node: members of the prototype',
    node,
    () => '{"__proto__":{"name":"b"},"name":"a","version":"1","constructor":null}',
    found,
  ],
  ['Node: half a file', node, () => '{"name":"a","version":', problem],
  ['Ruby: 80,000 assignments', gemspec, () => `Gem::Specification.new\n${'s.name = "a"\n'.repeat(80_000)}`, found],
  ['Ruby: one line of 1 MB', gemspec, () => `Gem::Specification.new\ns.x = "${'\\"'.repeat(500_000)}"`, found],
  ['Composer: a million packages', composer, () => `[${'{},'.repeat(million)}{}]`, problem],
  ['Composer: packages without end', composer, () => `[${'{"name":"a","version":"1"},'.repeat(million)}`, problem],
  [
    'R: 300,000 continuations',
    description,
    () => `Package: a\nVersion: 1\n${built}Title: x\n${' y\n'.repeat(300_000)}`,
    found,
  ],
  ['R: a version of 1 MB', description, () => `Package: a\n${built}Version: ${'1.'.repeat(400_000)}\n`, problem],
  ['Erlang: a million brackets deep', application, () => '{'.repeat(million), problem],
  ['Erlang: a text without end', application, () => `{application,a,[{vsn,"${'\\'.repeat(million)}`, problem],
  ['Erlang: 300,000 terms', application, () => `{application,a,[{vsn,"1"}]}.\n${'a.\n'.repeat(300_000)}`, found],
  ['Lua: one line of 1 MB', rockspec, () => `package = "a"\nx = "${'['.repeat(million - 100)}"`, found],
  ['Lua: 80,000 assignments', rockspec, () => `${'license = x\n'.repeat(80_000)}package = "a"\n`, found],
  [
    'Haskell: a description of 200,000 lines',
    registration,
    () => `name: a\nversion: 1\ndescription:\n${'  x\n'.repeat(200_000)}`,
    found,
  ],
  [
    'Perl: 100,000 repeated modules',
    release,
    () => `{"dist":"a-1","provides":{${'"a":{},'.repeat(100_000)}"b":{}}}`,
    found,
  ],
  ['Perl: a million brackets deep', release, deep, problem],
  ['Dart: a million packages', dart, () => `{"packages":[${'1,'.repeat(million)}1]}`, problem],
  [
    'Dart: 120,000 packages',
    dart,
    () => `{"packages":[${Array(120_000).fill('{"name":"a","rootUri":"/hosted/h/a-1"}').join()}]}`,
    { ...found, problem: 'layer' },
  ],
  ['Swift: a million dependencies', swift, () => `{"object":{"dependencies":[${'1,'.repeat(million)}1]}}`, problem],
  [
    '.NET: a million libraries',
    'opt/app/a.deps.json',
    () => `{"libraries":{${'"a/1":{},'.repeat(million)}"b/1":{}}}`,
    problem,
  ],
  [
    'conda: 100,000 files',
    'opt/conda/conda-meta/a-1-0.json',
    () => `{"name":"a","version":"1","files":["${'x","'.repeat(100_000)}"]}`,
    found,
  ],
];

/** Metadata of packages of languages. */
export const metadataFiles: readonly HostileFile[] = cases.map(([name, path, content, expected]) => {
  return { name: `language metadata/${name}`, path, content: () => Buffer.from(content()), expected };
});
