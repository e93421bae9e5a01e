// Programs of worker threads. An app is bundled into one file, so there is no second file that a thread could be
// started from: a file NAME.thread.ts is such a program, and importing it returns its source as `program`, bundled with
// what it imports. The esbuild plugin does that for bundles, the transformer below for Jest; nothing is written to
// disk.
const { createHash } = require('node:crypto');
const { statSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');

/** The module that replaces the thread program at `path`: its code, and its source files. */
function moduleOf(path) {
  const { buildSync } = require('esbuild');
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [path],
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'silent',
  });
  return {
    code: `exports.program = ${JSON.stringify(outputFiles[0]?.text)};\n`,
    files: Object.keys(metafile.inputs).map((file) => join(root, file)),
  };
}

/** For every esbuild of code that starts threads. */
const threadPrograms = {
  name: 'thread-programs',
  setup(build) {
    build.onLoad({ filter: /\.thread\.ts$/ }, ({ path }) => {
      const { code, files } = moduleOf(path);
      return { contents: code, loader: 'js', watchFiles: files };
    });
  },
};

/** Modules by path, with the state of their files: a Jest process requests the same ones once per suite. */
const made = new Map();

function stateOf(files) {
  return files.map((file) => statSync(file).mtimeMs).join();
}

function lastingModuleOf(path) {
  const known = made.get(path);
  if (known !== undefined && known.state === stateOf(known.files)) return known;
  const { code, files } = moduleOf(path);
  const fresh = { code, files, state: stateOf(files) };
  made.set(path, fresh);
  return fresh;
}

module.exports = {
  threadPrograms,
  // The transformer of Jest. Its output depends on several files, so the key includes all of it.
  process: (_source, path) => ({ code: lastingModuleOf(path).code }),
  getCacheKey: (_source, path, { instrument }) =>
    createHash('sha256').update(lastingModuleOf(path).code).update(String(instrument)).digest('hex').slice(0, 32),
};
