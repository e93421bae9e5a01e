import { buildZip, testBudget } from '@clarion/test-kit';
import type { WantedFile } from '@clarion/model';
import { giveFile } from '../../testing/give-file';
import { yarnPnp } from '.';
import { readProject } from './read-project';

function archive(path: string, name = 'a', version = '1.0.0'): WantedFile {
  const entries = [
    { name: `node_modules/${name}/package.json`, content: JSON.stringify({ name, version, license: 'MIT' }) },
    { name: `node_modules/${name}/dist/cjs/package.json`, content: '{"name":"deep","version":"1"}' },
  ];
  return { path, content: buildZip(entries) };
}

function table(path: string, ...archives: readonly string[]): WantedFile {
  const lines = archives.map((one) => `"packageLocation": "${one}/node_modules/a/",\\\n`);
  return { path, content: Buffer.from(`JSON.parse('{"packageRegistryData": [\\\n${lines.join('')}]}')`) };
}

async function detect(files: readonly WantedFile[]): Promise<readonly string[]> {
  const given = await Promise.all(files.map((file) => giveFile(file, yarnPnp.files)));
  const { features = [], problems = [] } = await yarnPnp.detect(
    given.filter((file) => file !== undefined),
    testBudget(),
  );
  return [...features.map((one) => `${one.name} ${one.version} ${one.path}`), ...problems.map(({ code }) => code)];
}

const own = 'srv/app/.yarn/cache/a-npm-1.0.0-cc5e-bd7c.zip';
const shared = 'root/.yarn/berry/cache/a-npm-1.0.0-cc5e-10c0.zip';
const state = { path: 'srv/app/node_modules/.yarn-state.yml', content: Buffer.from('__metadata:\n  version: 1\n') };

const loader = { path: 'srv/app/.pnp.cjs', content: Buffer.from("const dataPath = './.pnp.data.json'") };

test.each<[what: string, files: readonly WantedFile[], found: readonly string[]]>([
  ['a cache without a table', [archive(own)], [`a 1.0.0 ${own}`]],
  ['a package of a scope', [archive(own, '@s/a')], [`@s/a 1.0.0 ${own}`]],
  [
    'what the table names',
    [archive(own), table('srv/app/.pnp.cjs', './.yarn/cache/a-npm-1.0.0-cc5e-bd7c.zip')],
    [`a 1.0.0 ${own}`],
  ],
  ['what the table of Yarn 2 names', [archive(own), table('srv/app/.pnp.js', './.yarn/cache/b.zip')], []],
  [
    'what it names with peers',
    [
      archive(own),
      table('srv/app/.pnp.data.json', './.yarn/__virtual__/a-virtual-1/0/cache/a-npm-1.0.0-cc5e-bd7c.zip'),
    ],
    [`a 1.0.0 ${own}`],
  ],
  ['nothing that it does not name', [archive(own), table('srv/app/.pnp.cjs', './.yarn/cache/b.zip')], []],
  ['nothing of another project', [archive(own), table('srv/b/.pnp.cjs', './.yarn/cache/x.zip')], [`a 1.0.0 ${own}`]],
  ['nothing of a project with unpacked packages', [archive(own), state], []],
  [
    'nothing of it where the project beside it reads the same package from its own cache',
    [archive(own), state, table('srv/b/.pnp.cjs', './.yarn/cache/a-npm-1.0.0-cc5e-bd7c.zip')],
    [],
  ],
  [
    'what a project reads from the cache of another',
    [archive(own), state, table('srv/b/.pnp.cjs', '../app/.yarn/cache/a-npm-1.0.0-cc5e-bd7c.zip')],
    [`a 1.0.0 ${own}`],
  ],
  ['nothing of a cache of a user', [archive(shared)], []],
  [
    'what a project names in it',
    [archive(shared), table('srv/app/.pnp.cjs', '../../root/.yarn/berry/cache/a-npm-1.0.0-cc5e-10c0.zip')],
    [`a 1.0.0 ${shared}`],
  ],
  [
    'all that a damaged table may name',
    [archive(own), { path: 'srv/app/.pnp.cjs', content: Buffer.from('garbage') }],
    [`a 1.0.0 ${own}`, 'bad-record'],
  ],
  ['all that a table without its data may name', [archive(own), loader], [`a 1.0.0 ${own}`, 'bad-record']],
  [
    'only what the data beside a table name',
    [archive(own), loader, table('srv/app/.pnp.data.json', './b.zip')],
    ['bad-record'],
  ],
  [
    'what a project names in a folder of its own',
    [archive('srv/app/.zips/a-npm-1-0a.zip'), table('srv/app/.pnp.cjs', './.zips/a-npm-1-0a.zip')],
    ['a 1.0.0 srv/app/.zips/a-npm-1-0a.zip'],
  ],
  ['nothing in such a folder that no project names', [archive('srv/app/.zips/a-npm-1-0a.zip')], []],
  [
    'the lack of what is named in a folder of another layer',
    [table('srv/app/.pnp.cjs', './.yarn/__virtual__/a-virtual-1/1/.zips/a-npm-1-0a.zip')],
    ['bad-record'],
  ],
  ['an archive without a package', [{ path: own, content: buildZip([]) }], []],
])('yarn-pnp finds %s', async (_, files, found) => {
  expect(await detect(files)).toEqual(found);
});

test('a table takes at most twice the steps for twice as many locations', () => {
  const steps = (count: number): number => {
    const budget = testBudget();
    readProject(table('.pnp.cjs', ...Array.from({ length: count }, (_, at) => `./${at}.zip`)), budget);
    return budget.stepsSpent();
  };
  expect(steps(2000)).toBeLessThanOrEqual(2 * steps(1000));
});
