import { testBudget } from '@clarion/test-kit';
import { parsePackageConfig } from './parse';

const path = 'app/.dart_tool/package_config.json';

function parse(content: unknown): ReturnType<typeof parsePackageConfig> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return parsePackageConfig({ path, content: Buffer.from(text) }, testBudget());
}

const cache = 'file:///root/.pub-cache/hosted/pub.dev';

describe('dart reads', () => {
  it.each<[what: string, name: string, rootUri: string, version: string | undefined]>([
    ['a package', 'http', `${cache}/http-1.1.0`, '1.1.0'],
    ['a directory with a slash at its end', 'http', `${cache}/http-1.1.0/`, '1.1.0'],
    ['a version with build metadata', 'own', `${cache}/own-1.2.3+4`, '1.2.3+4'],
    ['an escaped version', 'own', `${cache}/own-1.2.3%2B4`, '1.2.3+4'],
    ['a prerelease', 'own', `${cache}/own-2.0.0-dev.1`, '2.0.0-dev.1'],
    ['the former host', 'own', 'file:///c/hosted/pub.dartlang.org/own-1.0.0', '1.0.0'],
    ['a host of its own', 'own', 'file:///c/hosted/pub.example.org%58443/own-1.0.0', '1.0.0'],
    ['a relative cache', 'own', '../../cache/hosted/pub.dev/own-1.0.0', '1.0.0'],
    ['the application itself', 'app', '../', undefined],
    ['a package of the SDK', 'flutter', 'file:///sdk/flutter/packages/flutter', undefined],
    ['a checkout', 'own', 'file:///root/.pub-cache/git/own-0123456789abcdef', undefined],
    ['a directory of another package', 'own', `${cache}/other-1.0.0`, undefined],
    ['an escape that is not one', 'own', `${cache}/own-1.0.0%`, '1.0.0%'],
  ])('%s', (_, name, rootUri, version) => {
    expect(parse({ configVersion: 2, packages: [{ name, rootUri, packageUri: 'lib/' }] })).toEqual({
      features: version === undefined ? [] : [{ type: 'pub', name, version, path }],
      problems: [],
    });
  });

  it.each<[what: string, content: unknown, codes: readonly string[]]>([
    ['nothing', '', ['unreadable-database']],
    ['half a file', '{"packages":[', ['unreadable-database']],
    ['no list', { packages: {} }, ['unreadable-database']],
    [
      'other entries',
      { packages: [null, { name: 'a' }, { rootUri: 'b' }] },
      ['bad-record', 'bad-record', 'bad-record'],
    ],
    ['a million elements', `{"packages":[${'1,'.repeat(1_000_000)}1]}`, ['limit-reached']],
  ])('%s as a problem', (_, content, codes) => {
    const { features, problems } = parse(content);
    expect([features, problems.map(({ code }) => code)]).toEqual([[], codes]);
  });
});
