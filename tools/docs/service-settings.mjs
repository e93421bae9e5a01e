// The tables of settings that the services declare, loaded from their sources.
import { mkdtempSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../setup/ensure.mjs';

/** The exported `settings` of an app's config.ts, or undefined. */
async function settingsOf(app, folder) {
  const entry = join(root, 'apps', app, 'src', 'config.ts');
  if (!existsSync(entry)) return undefined;
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
  return createRequire(join(root, 'package.json'))(outfile).settings;
}

/** Settings by service, both in alphabetical order: `{ 'api-gateway': [{ env, about, default, optional, secret }] }`. */
export async function serviceSettings() {
  const folder = mkdtempSync(join(root, 'node_modules', '.clarion-settings-'));
  try {
    const services = {};
    for (const app of readdirSync(join(root, 'apps')).sort()) {
      const settings = await settingsOf(app, folder);
      if (settings === undefined) continue;
      services[app] = Object.values(settings).sort((a, b) => (a.env < b.env ? -1 : 1));
    }
    return services;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
