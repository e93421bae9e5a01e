import { testBudget } from '@clarion/test-kit';
import { ruby } from '.';
import { parseGemspec } from './parse';

const path = 'var/lib/gems/3.1.0/specifications/a-1.2.gemspec';

function parse(text: string, at = path): ReturnType<typeof parseGemspec> {
  return parseGemspec({ path: at, content: Buffer.from(text) }, testBudget());
}

const specification = (...lines: readonly string[]): string =>
  `Gem::Specification.new do |s|\n${lines.map((line) => `  ${line}\n`).join('')}end\n`;

describe('ruby reads', () => {
  const read: readonly (readonly [what: string, text: string, found: string, license?: string])[] = [
    ['frozen literals', specification('s.name = "rack".freeze', 's.version = "3.0.8"'), 'rack 3.0.8'],
    ['single quotes', specification("spec.name = 'rack'", "spec.version = '3.0.8'"), 'rack 3.0.8'],
    ['aligned literals', specification('s.name    = "rack"', 's.version = "3.0"'), 'rack 3.0'],
    ['a version object', specification('s.name = "rack"', 's.version = Gem::Version.new("3.0")'), 'rack 3.0'],
    [
      'the stub',
      `# -*- encoding: utf-8 -*-\n# stub: pg 1.5.4 x86_64-linux lib\n\n${specification('s.name = "pg"')}`,
      'pg 1.5.4',
    ],
    ['the file name for a constant', specification('s.name = "a"', 's.version = A::VERSION'), 'a 1.2'],
    ['the file name for a method', specification('s.name = "a"', 's.version = version()'), 'a 1.2'],
    ['the file name for an interpolated text', specification('s.name = "a"', 's.version = "#{v}.1"'), 'a 1.2'],
    ['the file name for both', specification('s.authors = ["x"]'), 'a 1.2'],
    ['the first of two assignments', specification('s.name = "b"', 's.version = "1"', 's.version = "2"'), 'b 1'],
    ['CRLF', specification('s.name = "b"', 's.version = "1"').replaceAll('\n', '\r\n'), 'b 1'],
    [
      'a licence',
      specification('s.name = "b"', 's.version = "1"', 's.licenses = ["Ruby".freeze, "BSD-2-Clause".freeze]'),
      'b 1',
      'Ruby OR BSD-2-Clause',
    ],
    ['one licence', specification('s.name = "b"', 's.version = "1"', 's.license = "MIT"'), 'b 1', 'MIT'],
  ];
  it.each(read.map(([what, ...row]) => [what, row] as const))('%s', (_, [text, found, license]) => {
    const { features, problems } = parse(text);
    expect(features.map(({ name, version }) => `${name} ${version}`)).toEqual([found]);
    expect(features[0]?.license).toBe(license);
    expect(problems).toEqual([]);
  });

  it.each([
    ['google-protobuf-3.19.1-x86_64-linux', 'google-protobuf 3.19.1'],
    ['net-http-persistent-4.0.2', 'net-http-persistent 4.0.2'],
    ['nokogiri-1.16.0.rc1-java', 'nokogiri 1.16.0.rc1'],
    ['a-2fa-1.0-x86_64-darwin-19', 'a-2fa 1.0'],
  ])('name and version in the name of %s', (name, found) => {
    const { features } = parse(specification(), `x/specifications/${name}.gemspec`);
    expect(features.map((feature) => `${feature.name} ${feature.version}`)).toEqual([found]);
  });

  it('the name of the file by the name of the gem', () => {
    const { features } = parse(specification('s.name = "a-2"'), 'x/specifications/a-2-1.0-java.gemspec');
    expect(features).toMatchObject([{ name: 'a-2', version: '1.0' }]);
  });

  const unread: readonly (readonly [what: string, text: string, code: string, at?: string])[] = [
    ['nothing', '', 'unreadable-database'],
    ['another program', 'puts "x"\n', 'unreadable-database'],
    ['a stub alone', '# stub: rss 0.2.9 ruby lib\n', 'unreadable-database'],
    ['no version at all', specification('s.name = "a"'), 'bad-record', 'x/specifications/a.gemspec'],
  ];
  it.each(unread.map(([what, ...row]) => [what, row] as const))('no gem from %s', (_, [text, code, at]) => {
    const { features, problems } = parse(text, at);
    expect([features, problems.map((problem) => problem.code)]).toEqual([[], [code]]);
  });

  it('at most as many gems as a layer may have', () => {
    const budget = testBudget();
    const files = Array.from({ length: 100_001 }, () => ({ path, content: Buffer.from(specification()) }));
    expect(ruby.detect(files, budget)).toMatchObject({ problems: [] });
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});

describe('ruby reads gems from git', () => {
  const folder = 'usr/local/bundle/ruby/3.1.0/bundler/gems/rack-2f4c0d5a1b3e';
  const constant = (version: string): string => `module Rack\n  VERSION = "${version}".freeze\nend\n`;
  it.each<[what: string, files: Readonly<Record<string, string>>, found: readonly string[]]>([
    ['a literal', { 'rack.gemspec': specification('s.name = "rack"', 's.version = "3.1.0"') }, ['rack 3.1.0']],
    [
      'a constant of another file',
      {
        'rack.gemspec': specification('s.name = "rack"', 's.version = Rack::VERSION'),
        'lib/rack/version.rb': constant('3.1.0'),
        'lib/rack/handler/version.rb': constant('9.9'),
      },
      ['rack 3.1.0'],
    ],
    [
      'the name of the file',
      { 'rack.gemspec': specification('s.version = Rack::VERSION'), 'lib/version.rb': constant('2.0') },
      ['rack 2.0'],
    ],
    ['no version', { 'rack.gemspec': specification('s.version = Rack::VERSION') }, ['bad-record']],
    ['no number of the commit', { 'rack.gemspec': specification('s.name = "rack"') }, ['bad-record']],
    [
      'several gems of one repository, as Bundler writes them',
      {
        'rails.gemspec': specification('s.name = "rails"', 's.version = "7.0.3"'),
        'activerecord/activerecord.gemspec': `# stub: activerecord 7.0.3 ruby lib\n${specification('s.name = "activerecord"', 's.version = "7.0.3"')}`,
        'guides/guides.gemspec': specification('s.name = "guides"', 's.version = "1.0"'),
      },
      ['rails 7.0.3', 'activerecord 7.0.3'],
    ],
    [
      'no test data',
      { 'spec/fixture.gemspec': `# stub: fixture 1.0 ruby lib\n${specification('s.name = "fixture"')}` },
      [],
    ],
    ['nothing without a specification', { 'lib/rack/version.rb': constant('1.0') }, []],
  ])('%s', async (_, contents, found) => {
    const files = Object.entries(contents).map(([name, text]) => ({
      path: `${folder}/${name}`,
      content: Buffer.from(text),
    }));
    const { features = [], problems = [] } = await ruby.detect(files, testBudget());
    const gems = features.map(({ name, version }) => `${name} ${version}`);
    expect([...gems, ...problems.map(({ code }) => code)]).toEqual(found);
  });
});

it.each([
  ['usr/local/lib/ruby/gems/3.2.0/gems/rbs-2.8.2/test/fixtures/specifications/fake-1.0.0.gemspec', []],
  ['usr/local/lib/ruby/gems/3.2.0/specifications/fake-1.0.0.gemspec', ['fake']],
  ['opt/conda/pkgs/ruby-3.1.2-h1_0/lib/ruby/gems/3.1.0/specifications/fake-1.0.0.gemspec', []],
  ['test/vendor/bundle/ruby/3.2.0/specifications/fake-1.0.0.gemspec', ['fake']],
])('ruby reads installed gems, not the test data of others: %s', async (file, names) => {
  const content = Buffer.from(specification('s.name = "fake"', 's.version = "1.0.0"'));
  const { features = [], problems } = await ruby.detect([{ path: file, content }], testBudget());
  expect([features.map(({ name }) => name), problems]).toEqual([names, []]);
});
