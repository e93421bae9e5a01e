// Bundles a TypeScript tool and runs it with this terminal.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBundle, ensureDependencies, ensureNode, root } from './ensure.mjs';
import { threadPrograms } from './thread-programs.cjs';

/** Runs tools/FOLDER/NAME.ts with a fresh bundle of the command line; resolves to its exit code. */
export async function runTypeScript(folder, name, args) {
  ensureNode();
  ensureDependencies();
  await ensureBundle('cli');
  const { build } = await import('esbuild');
  // As deep below the root as the sources of a library (libs/LAYER/NAME/src), which find their neighbours from there.
  const outfile = join(root, 'dist', 'tools', folder, name, `${name}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'tools', folder, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    plugins: [threadPrograms],
    tsconfig: join(root, 'tsconfig.base.json'),
    sourcemap: true,
    logLevel: 'warning',
  });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], { stdio: 'inherit' });
    child.on('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}
