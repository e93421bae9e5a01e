import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const check = join(__dirname, 'distribution-names.mjs');

interface CheckResult {
  readonly printed: string;
  readonly code: number | null;
}

function checkIn(root?: string): CheckResult {
  const env = { ...process.env, ...(root === undefined ? {} : { CLARION_NAMES_ROOT: root }) };
  const done = spawnSync(process.execPath, [check], { env, encoding: 'utf8' });
  return { printed: `${done.stdout}${done.stderr}`, code: done.status };
}

/** Runs the check on a made-up project with one distribution, two ecosystems, one feed, and these files. */
function checked(files: Readonly<Record<string, string>>): CheckResult {
  const root = mkdtempSync(join(tmpdir(), 'clarion-names-'));
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
  try {
    return checkIn(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const file = 'libs/domain/matching/src/lookup/names.ts';

describe('names of distributions, languages and feeds in domain code', () => {
  it('are not there', () => {
    const { printed, code } = checkIn();
    expect([code, printed]).toEqual([0, expect.stringContaining('none of')]);
  });

  it.each<[what: string, text: string, name: string]>([
    ['a family', "if (family === 'plan') return 1;", "'plan' names plan"],
    ['a namespace', 'const id = `plan:${release}`;', 'names plan'],
    ['a pattern', 'const pattern = /^plan:/;', '/^plan:/ names plan'],
    ['an id of os-release', "const id = 'plan9';", "'plan9' names plan9"],
    ['another name', "const vendor = 'plannine';", 'names plannine'],
    ['a feed', "const feed = 'plan-security';", 'names plan-security'],
    ['a type of packages of a language', "if (type === 'shiny') return 1;", "'shiny' names shiny"],
    ['a namespace of a language', "const id = 'shiny.io';", 'names shiny.io'],
    ['other letters', "const title = 'Plan Linux';", 'names Plan'],
  ])('are found: %s', (_what, text, name) => {
    const { printed, code } = checked({ [file]: text });
    expect(code).toBe(1);
    expect(printed).toContain(`${file}:1: `);
    expect(printed).toContain(name);
  });

  it.each([
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
  ])('are allowed in %s', (_what, files) => {
    expect(checked(files)).toEqual({ printed: 'distribution names: none of 6 in libs/domain\n', code: 0 });
  });
});
