import { createWorkBudget, workLimits } from '@clarion/model';
import { lockFiles } from '.';

type Found = readonly [packages: readonly string[], codes: readonly string[]];

async function read(path: string, text: string): Promise<Found> {
  const budget = createWorkBudget('x', workLimits.detector);
  const { features = [], problems = [] } = await lockFiles.detect([{ path, content: Buffer.from(text) }], budget);
  return [features.map(({ name, version }) => `${name} ${version}`), problems.map(({ code }) => code)];
}

describe('lock-files', () => {
  const early = (source: (kind: string) => string): string =>
    ['editable .', 'registry https://pypi.org/simple', 'registry https://pypi.org/simple']
      .map((kind, at) => `[[distribution]]\nname = "a${at}"\nversion = "1.${at}"\nsource = ${source(kind)}\n`)
      .join('')
      .replace('version = "1.1"', 'dependencies = [{ name = "a1" }]\nversion = "1.1"');

  test.each<[what: string, path: string, text: string, found: Found]>([
    [
      'uv 0.2',
      'uv.lock',
      early((kind) => `"${kind.replace(' ', '+')}"`).replace('a0"\n', 'a0"\ndependencies = [{ name = "a1" }]\n'),
      [['a1 1.1'], []],
    ],
    [
      'uv 0.3',
      'uv.lock',
      early((kind) => `{ ${kind.replace(' ', ' = "')}" }`).replace('a0"\n', 'a0"\ndependencies = [{ name = "a2" }]\n'),
      [['a2 1.2'], []],
    ],
    ['uv with other tables', 'uv.lock', 'version = 1\n[[item]]\nname = "a"\nversion = "1"\n', [[], ['bad-record']]],
    ['uv of a later version', 'uv.lock', 'version = 2\n', [[], ['bad-record']]],
    ['uv without packages', 'uv.lock', 'version = 1\nrequires-python = ">=3.12"\n', [[], []]],
    ['cargo of a later version', 'Cargo.lock', 'version = 9\n', [[], ['bad-record']]],
    [
      'cargo of a later version, with crates',
      'Cargo.lock',
      'version = 9\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "r"\n',
      [['a 1.0.0'], []],
    ],
    [
      'cargo with other tables',
      'Cargo.lock',
      'version = 4\n[[crate]]\nname = "a"\nversion = "1"\n',
      [[], ['bad-record']],
    ],
    [
      'cargo with only the project',
      'Cargo.lock',
      'version = 4\n[[package]]\nname = "a"\nversion = "1.0.0"\n',
      [[], []],
    ],
    ['poetry with other tables', 'poetry.lock', '[[item]]\nname = "a"\nversion = "1"\n', [[], ['bad-record']]],
    ['poetry without packages', 'poetry.lock', 'package = []\n[metadata]\nlock-version = "2.0"\n', [[], []]],
    ['npm of a later version', 'package-lock.json', '{"lockfileVersion":9,"tree":{"a":1}}', [[], ['bad-record']]],
    [
      'npm of a later version, with packages',
      'package-lock.json',
      '{"lockfileVersion":9,"packages":{"node_modules/a":{"version":"1.0.0"}}}',
      [['a 1.0.0'], []],
    ],
    ['npm without packages', 'package-lock.json', '{"lockfileVersion":3,"packages":{"":{"name":"x"}}}', [[], []]],
    ['bun of a later version', 'bun.lock', '{"lockfileVersion":9}', [[], ['bad-record']]],
    [
      'bun without packages',
      'bun.lock',
      '{"lockfileVersion":1,"workspaces":{"":{"name":"a"}},"packages":{}}',
      [[], []],
    ],
    [
      'pnpm of a later version',
      'pnpm-lock.yaml',
      "lockfileVersion: '99.0'\nitems:\n  a@1.0.0: {}\n",
      [[], ['bad-record']],
    ],
    ['pnpm without packages', 'pnpm-lock.yaml', "lockfileVersion: '9.0'\nimporters:\n  .: {}\n", [[], []]],
    [
      'bundler with another section',
      'Gemfile.lock',
      'GEMS\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a\n',
      [[], ['bad-record']],
    ],
    ['bundler without gems', 'Gemfile.lock', 'PLATFORMS\n  ruby\n\nDEPENDENCIES\n\nBUNDLED WITH\n   2.5.0\n', [[], []]],
    [
      'bundler with its own gem',
      'Gemfile.lock',
      'PATH\n  remote: .\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a!\n',
      [[], []],
    ],
    [
      'bundler with a plugin',
      'Gemfile.lock',
      'PLUGIN SOURCE\n  specs:\n    a (1.0)\n\nDEPENDENCIES\n  a!\n',
      [['a 1.0'], []],
    ],
  ])('files of which the form is not known, and empty ones: %s', async (_, path, text, found) => {
    expect(await read(path, text)).toEqual(found);
  });
});
