// The start of a bundle without compiling it: what V8 has compiled lies beside the bundle, and is taken up again.
// The bundle stays one file that runs by itself: its program stands in a comment, which V8 skips much faster than it
// looks through code, and its first lines run that text, with the compiled code where it is there and fits this Node.
// Usage: node compiled-bundle.mjs MAIN.JS ARGUMENTS…   runs a bundle and writes what V8 compiled for it.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { neededArguments } from './needed-arguments.mjs';

/** The first lines of a bundle; it stands there as text, and so may use nothing but what a module of Node has. */
/* global exports, require, module, __dirname, __filename */
/* eslint-disable @typescript-eslint/no-require-imports */
function launch(text, compiledName) {
  const fs = require('fs');
  const { Script } = require('vm');
  const program = text.slice(text.indexOf('/*') + 3, text.lastIndexOf('*/') - 1).replaceAll('*\x01/', '*/');
  let compiled;
  try {
    compiled = fs.readFileSync(`${__dirname}/${compiledName}`);
  } catch {
    // Then V8 compiles the text, as it does when what is there is of another version of Node.
  }
  const code = `(function (exports, require, module, __filename, __dirname) {\n${program}\n})`;
  // Lines of the code are those of the file, less the one of the launcher: stack traces and the source map fit.
  const script = new Script(code, { filename: __filename, lineOffset: 1, cachedData: compiled });
  script.runInThisContext().call(exports, exports, require, module, __filename, __dirname);
}

/** The text of a bundle that starts so. The name of the compiled code follows from it, so that a stale one is never taken. */
export function selfLaunching(program) {
  const text = program.replace(/^#!.*\n/, '').trimEnd();
  const name = `main.${createHash('sha256').update(text).digest('hex').slice(0, 16)}.compiled`;
  const start = launch
    .toString()
    .replace(/\/\/.*/g, '')
    .replace(/\s+/g, ' ');
  // A comment would end where a pattern or another comment ends; a character that no program holds keeps them apart.
  const comment = text.replaceAll('*/', '*\x01/');
  return `#!/usr/bin/env node\n(${start})(function () {/*\n${comment}\n*/}.toString(), "${name}");\n`;
}

/** The source map of the program, moved down by the line of the launcher. */
export function movedDown(map) {
  const { mappings, ...rest } = JSON.parse(map);
  return JSON.stringify({ ...rest, mappings: `;${mappings}` });
}

/** Runs the bundle at `path` with `args`; at its end, what is compiled of it by then is written beside it. */
function runAndCompile(path, args) {
  const [, name] = /\}\.toString\(\), "(main\.[0-9a-f]+\.compiled)"\);/.exec(readFileSync(path, 'utf8')) ?? [];
  if (name === undefined) throw new Error(`${path} is no bundle that takes up compiled code`);
  /** The first is that of the program. @type {vm.Script[]} */
  const scripts = [];
  vm.Script = class extends vm.Script {
    /** @param {ConstructorParameters<typeof vm.Script>} given */
    constructor(...given) {
      super(...given);
      scripts.push(this);
    }
  };
  process.on('exit', () =>
    writeFileSync(join(dirname(path), name), /** @type {vm.Script} */ (scripts[0]).createCachedData()),
  );
  process.argv = [process.argv[0], path, ...args];
  createRequire(path)(path);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, ...args] = neededArguments(['MAIN.JS'], 'ARGUMENTS…');
  runAndCompile(resolve(path), args);
}
