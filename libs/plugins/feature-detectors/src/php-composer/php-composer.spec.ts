import { testBudget } from '@clarion/test-kit';
import { phpComposer } from './index';
import { parseInstalledList } from './parse';

const path = 'app/vendor/composer/installed.json';

function parse(content: unknown, budget = testBudget()): ReturnType<typeof parseInstalledList> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return parseInstalledList({ path, content: Buffer.from(text) }, budget);
}

const one = { name: 'Acme/Own', version: 'v1.0.0' };
const feature = { type: 'composer', name: 'Acme/Own', version: 'v1.0.0', path };

describe('php-composer reads', () => {
  it.each<[what: string, content: unknown, found: readonly object[]]>([
    ['the list of Composer 1', [one], [feature]],
    ['the list of Composer 2', { packages: [one], dev: true, 'dev-package-names': [] }, [feature]],
    ['no package', { packages: [] }, []],
    ['a branch', [{ ...one, version: 'dev-main' }], [{ ...feature, version: 'dev-main' }]],
    ['a licence', [{ ...one, license: ['MIT'] }], [{ ...feature, license: 'MIT' }]],
    ['alternatives', [{ ...one, license: ['MIT', 'GPL-2.0'] }], [{ ...feature, license: 'MIT OR GPL-2.0' }]],
    ['a licence as text', [{ ...one, license: 'MIT' }], [{ ...feature, license: 'MIT' }]],
  ])('%s', (_, content, found) => {
    expect(parse(content)).toEqual({ features: found, problems: [] });
  });

  it.each<[what: string, content: unknown, found: number, codes: readonly string[]]>([
    ['an entry without version', [one, { name: 'a/b' }], 1, ['bad-record']],
    ['an entry that is not an object', [null, one, 'x'], 1, ['bad-record', 'bad-record']],
    ['an object without list', { packages: {} }, 0, ['unreadable-database']],
    ['a text', '"x"', 0, ['unreadable-database']],
    ['nothing', '', 0, ['unreadable-database']],
    ['half a file', '{"packages":[{"name":', 0, ['unreadable-database']],
    ['a million elements', `[${'1,'.repeat(1_000_000)}1]`, 0, ['limit-reached']],
  ])('what it can of %s, and reports the rest', (_, content, found, codes) => {
    const { features, problems } = parse(content);
    expect([features.length, problems.map(({ code }) => code)]).toEqual([found, codes]);
  });

  it('at most as many packages as a layer may have', () => {
    const budget = testBudget();
    expect(
      parse(
        Array.from({ length: 100_002 }, () => one),
        budget,
      ).features,
    ).toHaveLength(100_000);
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});

it.each([
  ['srv/vendor/acme/plugin/tests/Fixtures/vendor/composer/installed.json', 0],
  ['srv/vendor/acme/plugin/Test/composer/installed.json', 0],
  ['srv/tests/vendor/composer/installed.json', 1],
  ['srv/vendor-bin/tools/vendor/composer/installed.json', 1],
])('php-composer reads vendor directories, not those in the tests of a package: %s', async (file, count) => {
  const content = Buffer.from(JSON.stringify({ packages: [one] }));
  const { features, problems } = await phpComposer.detect([{ path: file, content }], testBudget());
  expect([features?.length, problems]).toEqual([count, []]);
});
