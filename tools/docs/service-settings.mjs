// The tables of settings that the services and `clarion serve` declare, loaded from their sources.
import { mkdtempSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../setup/ensure.mjs';

/** The exported `settings` of a config.ts, by variable. */
async function settingsOf(entry, app, folder) {
  const { buildSync } = await import('esbuild');
  const outfile = join(folder, `${app}.cjs`);
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['@opentelemetry/*', 'pino', 'prom-client', 'mongodb', '@grpc/grpc-js', 'lmdb', 'undici'],
    nodePaths: [join(root, 'node_modules')],
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'error',
  });
  const { settings } = createRequire(join(root, 'package.json'))(outfile);
  return Object.values(settings).sort((a, b) => (a.env < b.env ? -1 : 1));
}

async function withFolder(work) {
  const folder = mkdtempSync(join(root, 'node_modules', '.clarion-settings-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Settings by service, both in alphabetical order: `{ 'api-gateway': [{ env, about, default, optional, secret }] }`. */
export function serviceSettings() {
  return withFolder(async (folder) => {
    const services = {};
    for (const app of readdirSync(join(root, 'apps')).sort()) {
      const entry = join(root, 'apps', app, 'src', 'config.ts');
      if (existsSync(entry)) services[app] = await settingsOf(entry, app, folder);
    }
    return services;
  });
}

/** Settings of `clarion serve`, in the same form. */
export function serveSettings() {
  return withFolder((folder) => settingsOf(join(root, 'apps/cli/src/serve/config.ts'), 'serve', folder));
}
