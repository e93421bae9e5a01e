import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const check = join(__dirname, 'distribution-names.mjs');

interface CheckResult {
  readonly found: readonly string[];
  readonly names: number;
}

/** Checks the projects in these folders, in one process: it takes a while to load TypeScript. */
function checkedIn(roots: readonly string[]): readonly CheckResult[] {
  const script = `import(${JSON.stringify(check)}).then((c) => console.log(JSON.stringify(process.argv.slice(1).map((root) => c.checkDistributionNames(root)))))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, ...roots], { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as CheckResult[];
}

/** Writes a made-up project with one distribution, two ecosystems, one feed, and these files. */
function writeProject(root: string, files: Readonly<Record<string, string>>): void {
  const row =
    "{ family: 'plan', otherNames: ['plannine'], recognised: [{ ids: ['plan9'], release: rolling }], title: 'T' }";
  const all = {
    'libs/base/distributions/src/rows/plan.ts': `export const plan = ${row};`,
    'libs/base/ecosystems/src/rows/shiny.ts': "export const shiny = { type: 'shiny', namespace: 'shiny.io' };",
    'libs/base/ecosystems/src/rows/package.ts': "export const pkg = { type: 'pkg' };",
    'libs/plugins/feed-sources/src/plan-security/index.ts': '',
    'libs/domain/matching/src/index.ts': '',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const file = 'libs/domain/matching/src/lookup/names.ts';

const forbidden: readonly (readonly [what: string, text: string, name: string])[] = [
  ['a family', "if (family === 'plan') return 1;", "'plan' names plan"],
  ['a namespace', 'const id = `plan:${release}`;', 'names plan'],
  ['a pattern', 'const pattern = /^plan:/;', '/^plan:/ names plan'],
  ['an id of os-release', "const id = 'plan9';", "'plan9' names plan9"],
  ['another name', "const vendor = 'plannine';", 'names plannine'],
  ['a feed', "const feed = 'plan-security';", 'names plan-security'],
  ['a type of packages of a language', "if (type === 'shiny') return 1;", "'shiny' names shiny"],
  ['a namespace of a language', "const id = 'shiny.io';", 'names shiny.io'],
  ['other letters', "const title = 'Plan Linux';", 'names Plan'],
];

const allowed: readonly (readonly [what: string, files: Readonly<Record<string, string>>])[] = [
  ['sentences, for words of languages', { [file]: "const text = 'a shiny thing';" }],
  ['types of packages of distributions', { [file]: "const type = 'pkg';" }],
  ['words with other letters', { [file]: "const state = 'planned explanation';" }],
  ['comments', { [file]: '/** As plan does. */\n// plan-security' }],
  ['types', { [file]: "type Member = Pick<Facts, 'plan'>;" }],
  ['imports', { [file]: "import { plan } from './plan-security';" }],
  ['specs', { [file.replace('.ts', '.spec.ts')]: "const id = 'plan:4';" }],
  ['what specs read', { 'libs/domain/matching/src/testdata/facts.ts': "const id = 'plan:4';" }],
  ['code for specs', { 'libs/domain/matching/testing/images.ts': "const id = 'plan:4';" }],
  ['plugins', { 'libs/plugins/feed-sources/src/plan-security/parse.ts': "const id = 'plan:4';" }],
];

describe('names of distributions, languages and feeds in domain code', () => {
  const results = new Map<string, CheckResult>();

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'clarion-names-'));
    const projects = [...forbidden.map(([what, text]) => [what, { [file]: text }] as const), ...allowed];
    try {
      const roots = projects.map(([, files], at) => {
        const root = join(folder, String(at));
        writeProject(root, files);
        return root;
      });
      const checked = checkedIn([join(__dirname, '..', '..'), ...roots]);
      for (const [at, result] of checked.entries()) results.set(projects[at - 1]?.[0] ?? 'this project', result);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are not there', () => {
    expect(results.get('this project')?.found).toEqual([]);
  });

  it.each(forbidden)('are found: %s', (what, _text, name) => {
    const found = results.get(what)?.found ?? [];
    expect(found.map((line) => line.startsWith(`${file}:1: `) && line.includes(name))).toEqual([true]);
  });

  it.each(allowed)('are allowed in %s', (what) => {
    expect(results.get(what)).toEqual({ found: [], names: 6 });
  });
});
