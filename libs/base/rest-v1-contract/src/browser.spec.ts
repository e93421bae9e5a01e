import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(__dirname, '..', '..', '..', '..');
const read = 'import { image, submission } from "@clarion/rest-v1-contract"; globalThis.parsed = [image, submission];';

describe('the contract', () => {
  it('is a part of a web page: it contains no module of Node, nor one of the server', async () => {
    const { metafile, errors, outputFiles } = await build({
      stdin: { contents: read, resolveDir: root, sourcefile: 'page.ts', loader: 'ts' },
      bundle: true,
      platform: 'browser',
      write: false,
      metafile: true,
      logLevel: 'silent',
      tsconfig: join(root, 'tsconfig.json'),
    });
    expect(errors).toEqual([]);
    const libraries = Object.keys(metafile.inputs)
      .filter((path) => path !== 'page.ts')
      .map((path) => /(?:^|\/)(libs\/\w+\/[\w-]+|node_modules\/[\w-]+)\//.exec(path)?.[1]);
    expect([...new Set(libraries)].sort()).toEqual([
      'libs/base/ecosystems',
      'libs/base/model',
      'libs/base/rest-v1-contract',
      'node_modules/zod',
    ]);
    expect(outputFiles[0]?.text).toContain('registry.example/team/app:1');
  });

  it('imports nothing but zod, the model and the rows of ecosystems', () => {
    const sources = readdirSync(__dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
    const imported = sources.flatMap((name) =>
      [...readFileSync(join(__dirname, name), 'utf8').matchAll(/ from '([^.'][^']*)'/g)].map(([, from]) => from),
    );
    expect([...new Set(imported)].sort()).toEqual(['@clarion/ecosystems', '@clarion/model', 'zod']);
  });
});
