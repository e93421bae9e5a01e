// Starts a bundle without compiling it: V8's compiled code is stored next to the bundle and reused. The bundle stays
// one file that runs by itself: its program is in a comment, which V8 skips much faster than code, and its first lines
// run that text, with the compiled code if it exists and fits this Node.
// Usage: node compiled-bundle.mjs MAIN.JS ARGUMENTS…   runs a bundle and writes what V8 compiled for it.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import vm from 'node:vm';
import { neededArguments } from './needed-arguments.mjs';

/** The first lines of a bundle; they are included as text, so they may only use what a Node module has. */
/* global exports, require, module, __dirname, __filename */
/* eslint-disable @typescript-eslint/no-require-imports */
function launch(text, compiledName) {
  const fs = require('fs');
  const { Script } = require('vm');
  const program = text.slice(text.indexOf('/*') + 3, text.lastIndexOf('*/') - 1).replaceAll('*\x01/', '*/');
  let compiled;
  try {
    compiled = fs.readFileSync(`${__dirname}/${compiledName}.${process.version}.compiled`);
  } catch {
    // Then V8 compiles the text, as it does when what is there is of another version of Node.
  }
  const code = `(function (exports, require, module, __filename, __dirname) {\n${program}\n})`;
  // Lines of the code are those of the file, less the one of the launcher: stack traces and the source map fit.
  const script = new Script(code, { filename: __filename, lineOffset: 1, cachedData: compiled });
  script.runInThisContext().call(exports, exports, require, module, __filename, __dirname);
}

/**
 * The text of a self-launching bundle. The name of the compiled code depends on it, so that stale code is never used,
 * and on the version of Node, so that two of them can use one bundle.
 */
export function selfLaunching(program) {
  const text = program.replace(/^#!.*\n/, '').trimEnd();
  const name = `main.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
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

/** Runs the bundle at `path` with `args`; at the end, writes the code compiled so far next to it. */
function runAndCompile(path, args) {
  const [, name] = /\}\.toString\(\), "(main\.[0-9a-f]+)"\);/.exec(readFileSync(path, 'utf8')) ?? [];
  if (name === undefined) throw new Error(`${path} is not a bundle that takes up compiled code`);
  /** The first is that of the program. @type {vm.Script[]} */
  const scripts = [];
  vm.Script = class extends vm.Script {
    /** @param {ConstructorParameters<typeof vm.Script>} given */
    constructor(...given) {
      super(...given);
      scripts.push(this);
    }
  };
  // Compiled code is only accepted under the flags that it was compiled under, which are those at the start.
  v8.setFlagsFromString = () => undefined;
  process.on('exit', () =>
    writeFileSync(
      join(dirname(path), `${name}.${process.version}.compiled`),
      /** @type {vm.Script} */ (scripts[0]).createCachedData(),
    ),
  );
  process.argv = [process.argv[0], path, ...args];
  createRequire(path)(path);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, ...args] = neededArguments(['MAIN.JS'], 'ARGUMENTS…');
  runAndCompile(resolve(path), args);
}
