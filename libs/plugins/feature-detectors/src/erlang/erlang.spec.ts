import { testBudget } from '@clarion/test-kit';
import { parseFile, parsePackages } from './parse';
import { readTerms } from './read-terms';

const path = 'opt/app/lib/jsx-3.1.0/ebin/jsx.app';
const metadata = 'app/deps/jsx/hex_metadata.config';

function found(text: string, at = path): readonly string[] {
  const { features, problems } = parseFile({ path: at, content: Buffer.from(text) }, testBudget());
  return [
    ...features.map(({ type, name, version, license }) => [type, name, version, license ?? ''].join(' ').trim()),
    ...problems.map(({ code }) => code),
  ];
}

describe('terms of Erlang', () => {
  it.each<[text: string, terms: readonly unknown[]]>([
    ['a.', ['a']],
    ["'a b'.", ['a b']],
    ['"a\\"b".', ['a"b']],
    ['"a"\n  "b".', ['ab']],
    ['<<"a">>.', ['a']],
    ['<<"a"/utf8>>.', ['a']],
    ['{1.5, -2}.', [['1.5', '-2']]],
    ['[]. {}.', [[], []]],
    ['% {\n{a, % b\n c}.', [['a', 'c']]],
    ['#{a => b, c => d}.', [['a', 'c']]],
    ['{a, [{b, "1"}, c]}.\n{d}.', [['a', [['b', '1'], 'c']], ['d']]],
    ['', []],
    ['a', [undefined]],
    ['{a', [undefined]],
    ['a}.', [undefined]],
    ['"a', [undefined]],
    ['{a}. {b', [['a'], undefined]],
    ['['.repeat(1000), [undefined]],
  ])('%j', (text, terms) => {
    expect([...readTerms(text, testBudget())]).toEqual(terms);
  });

  it('take one step for each token', () => {
    const budget = testBudget();
    expect([...readTerms(`{${'a,'.repeat(1000)}b}.`, budget)]).toHaveLength(1);
    expect(budget.spent.steps).toBeLessThan(2100);
  });
});

describe('erlang reads', () => {
  const app = (name: string, ...pairs: readonly string[]): string => `{application,${name},[${pairs.join(',')}]}.\n`;

  it.each<[what: string, text: string, packages: readonly string[]]>([
    ['a package', app('jsx', '{vsn,"3.1.0"}'), ['hex jsx 3.1.0']],
    [
      'a package with licences',
      app('recon', '{vsn,"2.5.2"}', '{licenses,["BSD","MIT"]}'),
      ['hex recon 2.5.2 BSD, MIT'],
    ],
    ['a part of OTP', app('ssl', '{vsn,"10.8.7"}', '{runtime_dependencies,["stdlib-4.1"]}'), ['otp ssl 10.8.7']],
    ['a part of Elixir', app('eex', '{vsn,"1.14.0"}'), ['otp eex 1.14.0']],
    ['a name in quotes', app("'Own'", '{vsn,"1"}'), ['hex Own 1']],
    ['comments', `%% coding: utf-8\n${app('jsx', '{vsn,"3.1.0"} % "9"]}.\n')}`, ['hex jsx 3.1.0']],
    ['a version in two parts', app('jsx', '{vsn,"3." "1.0"}'), ['hex jsx 3.1.0']],
    ['no version', app('jsx', '{modules,[]}'), ['bad-record']],
    ['an empty version', app('jsx', '{vsn,""}'), ['bad-record']],
    ['a version that is a list', app('jsx', '{vsn,["1"]}'), ['bad-record']],
    ['a name that is a list', '{application,[a],[{vsn,"1"}]}.', ['bad-record']],
    ['nothing', '', ['unreadable-database']],
    ['half a file', '{application,jsx,[{vsn,"3.1', ['unreadable-database']],
    ['another term', '{release,{"a","1"},[]}.', ['unreadable-database']],
    ['a text', 'application.', ['unreadable-database']],
  ])('%s of an application file', (_, text, packages) => {
    expect(found(text)).toEqual(packages);
  });

  it.each<[what: string, text: string, packages: readonly string[]]>([
    [
      'a package',
      '{<<"app">>,<<"own">>}.\n{<<"name">>,<<"own_hex">>}.\n{<<"version">>,<<"1.4.0">>}.\n{<<"licenses">>,[<<"Apache-2.0">>]}.\n',
      ['hex own_hex 1.4.0 Apache-2.0'],
    ],
    [
      'requirements',
      '{<<"requirements">>,[[{<<"name">>,<<"a">>}]]}.\n{<<"name">>,<<"b">>}.\n{<<"version">>,<<"1">>}.',
      ['hex b 1'],
    ],
    ['no version', '{<<"name">>,<<"own">>}.', ['bad-record']],
    ['half a file', '{<<"name">>,<<"own">>}.\n{<<"version">>,<<"1', ['unreadable-database']],
    ['nothing', '', ['unreadable-database']],
  ])('%s of metadata of Hex', (_, text, packages) => {
    expect(found(text, metadata)).toEqual(packages);
  });

  it('one package where its metadata and its application are in one directory', () => {
    const files = [
      { path: '_build/lib/own/ebin/own.app', content: Buffer.from(app('own', '{vsn,"1.0"}')) },
      {
        path: '_build/lib/own/hex_metadata.config',
        content: Buffer.from('{<<"name">>,<<"own_hex">>}.\n{<<"version">>,<<"1.0">>}.'),
      },
      { path: '_build/lib/other/ebin/other.app', content: Buffer.from(app('other', '{vsn,"2"}')) },
    ];
    const { features } = parsePackages(files, testBudget());
    expect(features.map(({ name, path: at }) => [name, at])).toEqual([
      ['own_hex', '_build/lib/own/hex_metadata.config'],
      ['other', '_build/lib/other/ebin/other.app'],
    ]);
  });
});
