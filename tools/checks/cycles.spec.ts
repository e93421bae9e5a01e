import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs the check on a made-up project; what it printed and its exit code. */
function checked(files: Readonly<Record<string, string>>): { readonly printed: string; readonly code: number | null } {
  const root = mkdtempSync(join(tmpdir(), 'clarion-cycles-'));
  const paths = { '@clarion/model': ['libs/base/model/src'], '@clarion/matching': ['libs/domain/matching/src'] };
  const all = { 'tsconfig.base.json': JSON.stringify({ compilerOptions: { paths } }), ...files };
  for (const folder of ['apps', 'libs', 'tools']) mkdirSync(join(root, folder));
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  try {
    const env = { ...process.env, CLARION_CYCLES_ROOT: root };
    const done = spawnSync(process.execPath, [join(__dirname, 'cycles.mjs')], { env, encoding: 'utf8' });
    return { printed: `${done.stdout}${done.stderr}`, code: done.status };
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('import cycles', () => {
  it('do not exist when every import goes one way', () => {
    const files = {
      'libs/base/model/src/index.ts': "export * from './noun';",
      'libs/base/model/src/noun.ts': 'export interface Noun {}',
      'apps/cli/src/main.ts': "import type { Noun } from '@clarion/model'; import 'node:fs';",
      'tools/run.mjs': "await import('./lazy.mjs');",
      'tools/lazy.mjs': 'export const lazy = 1;',
    };
    expect(checked(files)).toEqual({ printed: 'cycles: none among 5 files\n', code: 0 });
  });

  it.each<[what: string, files: Readonly<Record<string, string>>, named: string]>([
    [
      'two files',
      { 'apps/cli/src/a.ts': "import './b';", 'apps/cli/src/b.ts': "import { a } from './a';" },
      '  apps/cli/src/a.ts -> b.ts\n',
    ],
    [
      'types alone',
      { 'apps/cli/src/a.ts': "import type { B } from './b';", 'apps/cli/src/b.ts': "export type { A } from './a';" },
      '  apps/cli/src/b.ts -> a.ts\n',
    ],
    [
      'an import at run time',
      { 'tools/a.mjs': "await import('./b.mjs');", 'tools/b.mjs': "import './a.mjs';" },
      '  tools/a.mjs -> b.mjs\n',
    ],
    [
      'libraries by their names',
      {
        'libs/base/model/src/index.ts': "import '@clarion/matching';",
        'libs/domain/matching/src/index.ts': "import './deep/er';",
        'libs/domain/matching/src/deep/er.ts': "import '@clarion/model';",
      },
      '  libs/base/model/src/index.ts -> ../../../domain/matching/src/index.ts\n',
    ],
    [
      'files by the names that they get when compiled',
      { 'apps/cli/src/a.ts': "import './b.js';", 'apps/cli/src/b.ts': "import './a.js';" },
      '  apps/cli/src/a.ts -> b.ts\n',
    ],
    ['a file with itself', { 'apps/cli/src/a.ts': "import './a';" }, '  apps/cli/src/a.ts -> a.ts\n'],
  ])('of %s are named', (_what, files, named) => {
    const { printed, code } = checked(files);
    expect(code).toBe(1);
    expect(printed).toContain(named);
  });
});
