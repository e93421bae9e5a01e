import { testBudget } from '@clarion/test-kit';
import { parseWorkspaceState } from './parse';

const path = 'app/.build/workspace-state.json';

function parse(content: unknown): ReturnType<typeof parseWorkspaceState> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return parseWorkspaceState({ path, content: Buffer.from(text) }, testBudget());
}

function checkout(location: string, version: string | null): object {
  const packageRef = { identity: 'x', kind: 'remoteSourceControl', location, name: 'X' };
  return { packageRef, state: { checkoutState: { revision: 'abc', version }, name: 'sourceControlCheckout' } };
}

describe('swift reads', () => {
  it.each<[what: string, dependency: object, found: readonly string[]]>([
    ['a checkout', checkout('https://github.com/apple/swift-nio.git', '2.58.0'), ['github.com/apple/swift-nio 2.58.0']],
    ['an address without .git', checkout('https://github.com/a/b/', '1.0.0'), ['github.com/a/b 1.0.0']],
    ['an address with a user', checkout('ssh://git@github.com/a/b.git', '1.0.0'), ['github.com/a/b 1.0.0']],
    ['a short address of ssh', checkout('git@github.com:a/b.git', '1.0.0'), ['github.com/a/b 1.0.0']],
    [
      'the former format',
      {
        packageRef: { identity: 'b', kind: 'remote', name: 'b', path: 'https://github.com/a/b.git' },
        state: { name: 'checkout', checkoutState: { revision: 'abc', version: '1.0.0' } },
      },
      ['github.com/a/b 1.0.0'],
    ],
    [
      'a package of a registry',
      {
        packageRef: { identity: 'a.b', kind: 'registry', location: 'a.b' },
        state: { name: 'registryDownload', version: '1.2.0' },
      },
      ['a.b 1.2.0'],
    ],
    ['a branch', checkout('https://github.com/a/b', null), []],
    [
      'a directory',
      { packageRef: { identity: 'b', kind: 'fileSystem', location: '/b' }, state: { name: 'fileSystem', path: '/b' } },
      [],
    ],
  ])('%s', (_, dependency, found) => {
    const { features, problems } = parse({ object: { dependencies: [dependency] }, version: 6 });
    expect(features.map(({ type, name, version }) => `${type} ${name} ${version}`)).toEqual(
      found.map((one) => `swift ${one}`),
    );
    expect(problems).toEqual([]);
  });

  it.each<[what: string, content: unknown, codes: readonly string[]]>([
    ['nothing', '', ['unreadable-database']],
    ['no object', { version: 6 }, ['unreadable-database']],
    ['no list', { object: { dependencies: {} } }, ['unreadable-database']],
    [
      'other entries',
      { object: { dependencies: [null, {}, { packageRef: { location: 'a' } }] } },
      Array(3).fill('bad-record'),
    ],
    ['a million elements', `{"object":{"dependencies":[${'1,'.repeat(1_000_000)}1]}}`, ['limit-reached']],
  ])('%s as a problem', (_, content, codes) => {
    const { features, problems } = parse(content);
    expect([features, problems.map(({ code }) => code)]).toEqual([[], codes]);
  });
});
