// Bundles an app to one file, dist/apps/<app>/main.js, that runs with plain node.
// Usage: node tools/setup/bundle.mjs NAME…   (without a name: every app)
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureSample, sampleFeeds } from '../sample/images.mjs';
import { movedDown, selfLaunching } from './compiled-bundle.mjs';
import { threadPrograms } from './thread-programs.cjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

// Packages that stay outside the bundle: those of gRPC read .proto files next to their code at run time; the others are
// native, or large and loaded by some commands only.
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
const native = ['msgpackr-extract'];
const external = [...native, ...grpc, ...service, 'undici', '@cyclonedx/cyclonedx-library', 'ae-cvss-calculator'];

/**
 * LMDB's binding is loaded at every start, in half the time if its script is in the bundle. It locates its native part
 * relative to its script: that must still be the package, not the bundle.
 */
const nativePartOfLmdb = {
  name: 'native-part-of-lmdb',
  setup(build) {
    const script = join(root, 'node_modules', 'lmdb', 'dist', 'index.cjs');
    build.onResolve({ filter: /^lmdb$/ }, ({ kind }) =>
      kind === 'require-resolve' ? { external: true } : { path: script, namespace: 'lmdb' },
    );
    build.onLoad({ filter: /./, namespace: 'lmdb' }, () => ({
      contents: readFileSync(script, 'utf8').replaceAll('__filename', 'require.resolve("lmdb")'),
      resolveDir: dirname(script),
    }));
  },
};

const tools = { sample: 'tools/sample/main.ts' };

/** The source file that `name` starts with. */
function entryPoint(name) {
  return join(root, tools[name] ?? `apps/${name}/src/main.ts`);
}

/** The path of the bundle of `name`. */
export function bundlePath(name) {
  return join(root, 'dist', name in tools ? 'tools' : 'apps', name, 'main.js');
}

/** Names of all apps that have an entry point. */
export function appNames() {
  return readdirSync(join(root, 'apps')).filter((name) => existsSync(entryPoint(name)));
}

/**
 * Writes the bundle of `name` and its source map; for the command line, whose start time matters, compiled code too.
 */
export async function bundle(name) {
  const { build } = await import('esbuild');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const outfile = bundlePath(name);
  const launched = name === 'cli';
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entryPoint(name)],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external,
    plugins: [nativePartOfLmdb, threadPrograms],
    tsconfig: join(root, 'tsconfig.base.json'),
    sourcemap: true,
    // Less to parse at every start; the source map has the names.
    minify: true,
    // require() instead of import(): loading the ESM machinery of Node costs a tenth of the time a warm scan takes.
    supported: { 'dynamic-import': false },
    define: { CLARION_VERSION: JSON.stringify(version), CLARION_BUILD: JSON.stringify(anyBuild) },
    logLevel: 'warning',
  });
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  mkdirSync(dirname(outfile), { recursive: true });
  const program = withBuildId(files.get('main.js'));
  const map = files.get('main.js.map');
  replaceFile(`${outfile}.map`, launched ? movedDown(map) : map, 0o644);
  const written = launched ? selfLaunching(program) : program;
  replaceFile(outfile, written, 0o755);
  removeStale(dirname(outfile), written);
  if (launched) await compileAhead(outfile);
}

/** Stands for the id of the build until that is known; of its length, so that the source map fits. */
const anyBuild = 'the id of this build, which is not yet known';

/** The id follows from the program, and from the packages beside it. */
function withBuildId(program) {
  const packages = readFileSync(join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(program).update(packages).digest('hex');
  return program.replaceAll(anyBuild, digest.slice(0, anyBuild.length));
}

/** A program that starts in the meantime finds the old file or the new one, never a part: specs build in parallel. */
function replaceFile(path, text, mode) {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, text);
  chmodSync(beside, mode);
  renameSync(beside, path);
}

/** Removes compiled code of other programs; another version of Node may use that of this one at the moment. */
function removeStale(folder, program) {
  for (const file of readdirSync(folder)) {
    const [name] = /^main\.[0-9a-f]+(?=\..*compiled$)/.exec(file) ?? [];
    if (name !== undefined && !program.includes(`"${name}"`)) rmSync(join(folder, file));
  }
}

/**
 * Lets V8 compile the code of common commands, by running them on the sample: each run adds to the existing compiled
 * code. A failure is harmless: the bundle runs without compiled code.
 */
async function compileAhead(outfile) {
  const sample = await ensureSample(async () => {
    await bundle('sample');
    return bundlePath('sample');
  });
  const image = `docker-archive:${join(sample, 'debian-12-with-curl.tar')}`;
  const db = mkdtempSync(join(tmpdir(), 'clarion-compile-'));
  const scan = ['scan', image, '--feeds-dir', sampleFeeds, '--quiet', '--db', db];
  // Each with a store of its own, so that no layer is known.
  const packages = [image, `docker-archive:${join(sample, 'typical.tar')}`, `oci:${join(sample, 'typical')}`].map(
    (name, at) => ['packages', name, '--format', 'json', '--quiet', '--db', join(db, `${at}`)],
  );
  for (const args of [scan, scan, ...packages]) {
    const tool = join(root, 'tools', 'setup', 'compiled-bundle.mjs');
    spawnSync(process.execPath, [tool, outfile, ...args], { stdio: 'ignore', timeout: 60_000 });
  }
  rmSync(db, { recursive: true, force: true });
}

/** Bundles what the command line requests. */
async function bundleAll(names) {
  for (const name of names) {
    await bundle(name);
    console.error(`built ${bundlePath(name)}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2);
  await bundleAll(names.length > 0 ? names : appNames());
}
