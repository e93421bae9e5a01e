// Bundles an app to one file, dist/apps/<app>/main.js, that runs with plain node.
// Usage: node tools/setup/bundle.mjs [--minify] NAME…   (without a name: every app)
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

// Packages that stay outside the bundle: lmdb is native; those of gRPC read .proto files beside their code at run time;
// the others are large and only some commands load them.
const grpc = ['@grpc/grpc-js', '@grpc/proto-loader', '@grpc/reflection', 'grpc-health-check'];
const service = [
  '@nats-io/*',
  '@opentelemetry/*',
  'express',
  'helmet',
  'jose',
  'mongodb',
  'pino',
  'prom-client',
  'swagger-ui-dist',
  'zod',
];
const external = ['lmdb', ...grpc, ...service, 'undici', '@cyclonedx/cyclonedx-library', 'ae-cvss-calculator'];

const tools = { sample: 'tools/sample/main.ts' };

/** The source file that `name` starts with. */
function entryPoint(name) {
  return join(root, tools[name] ?? `apps/${name}/src/main.ts`);
}

/** Where the bundle of `name` goes. */
export function bundlePath(name) {
  return join(root, 'dist', name in tools ? 'tools' : 'apps', name, 'main.js');
}

/** Names of all apps that have an entry point. */
export function appNames() {
  return readdirSync(join(root, 'apps')).filter((name) => existsSync(entryPoint(name)));
}

/** Writes the bundle of `name` and its source map. */
export async function bundle(name) {
  const { build } = await import('esbuild');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const outfile = bundlePath(name);
  await build({
    absWorkingDir: root,
    entryPoints: [entryPoint(name)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external,
    tsconfig: join(root, 'tsconfig.base.json'),
    sourcemap: true,
    // Less to parse at every start; the source map has the names.
    minify: true,
    // require() instead of import(): loading the ESM machinery of Node costs a tenth of the time a warm scan takes.
    supported: { 'dynamic-import': false },
    define: { CLARION_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
  chmodSync(outfile, 0o755);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : appNames()) {
    await bundle(name);
    console.error(`built ${bundlePath(name)}`);
  }
}
