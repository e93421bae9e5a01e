// Bundles a benchmark written in TypeScript (NAME-run.ts) and runs it with this terminal.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ensureBundle, ensureDependencies, ensureNode, root } from '../setup/ensure.mjs';

/** Resolves to the exit code. */
export async function runBench(name, args) {
  ensureNode();
  ensureDependencies();
  await ensureBundle('cli');
  // As deep below the root as a library's sources, which find their neighbours from there.
  const outfile = join(root, 'dist', 'tools', 'bench', `${name}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'tools', 'bench', `${name}-run.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
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
