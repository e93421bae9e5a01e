// Selects the specs that run a second time on the newer Node. Pure computations (versions, matching, parsers, reports)
// are the same on every Node; differences come from Node's own modules and native code. So the specs run again that reach
// one of those by imports within their project, and those that run the whole product.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Modules that differ from Node to Node, and why they matter.
 * @type {readonly { modules: RegExp, why: string }[]}
 */
export const nodeDependent = [
  { modules: /^node:(?:zlib|stream(?:\/\w+)?)$/, why: 'streams and zlib: zstd came with 22.15, ends and errors moved' },
  { modules: /^node:(?:worker_threads|child_process|cluster)$/, why: 'threads and processes' },
  { modules: /^node:(?:https?|http2|net|tls|dgram|dns)(?:\/\w+)?$/, why: 'sockets, HTTP and TLS' },
  { modules: /^(?:undici|express|@grpc\/.+)$/, why: 'HTTP and gRPC stand on those' },
  { modules: /^(?:lmdb|mongodb|@nats-io\/.+)$/, why: 'bindings of stores and the bus, one of them native' },
];

/** Folders whose specs use bundles, services or the machine as a whole, whatever they import. */
const whole = ['apps/'];

/**
 * Imports of whole feeds, and random input of parsers: the code below them is tested again anyway, and what they show
 * does not depend on Node.
 */
const data = /real-material|real-images|[-.]property\.spec/;

/**
 * Specs that CI runs on the newer Node only, which is that of the container images: counted steps take twenty times as
 * long with coverage, and killed processes, lost servers, load and fuzzed requests take minutes and show what Clarion
 * does, not what Node does.
 */
export const newerNodeOnly = [
  '/linear-',
  ...['chaos', 'busy', 'serve-kill', 'update-kill', 'schemathesis'].map((name) => `/${name}\\.e2e\\.spec`),
  ...['crash', 'server-loss', 'cluster'].map((name) => `/(?:store-mongo|bus-nats)/.*/${name}\\.spec`),
];

/**
 * Specs of the project for the newer Node, relative to `root`.
 * @param {string} root
 * @returns {string[]}
 */
export function newerNodeSuites(root) {
  const files = ['apps', 'libs'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`),
  );
  const only = newerNodeOnly.map((pattern) => new RegExp(pattern));
  return files
    .filter((file) => file.endsWith('.spec.ts') && !data.test(file))
    .filter(
      (file) =>
        whole.some((folder) => file.startsWith(folder)) ||
        only.some((pattern) => pattern.test(`/${file}`)) ||
        dependsOnNode(join(root, file)),
    )
    .sort();
}

/**
 * Whether a file imports such a module, itself or through other files of its project. What a spec itself uses to prepare
 * its input, or to ask another program, does not count.
 * @param {string} path
 * @param {Set<string>} seen
 * @returns {boolean}
 */
function dependsOnNode(path, seen = new Set()) {
  if (seen.has(path)) return false;
  seen.add(path);
  const imports = importsOf(path);
  if (!path.endsWith('.spec.ts') && imports.some((name) => nodeDependent.some(({ modules }) => modules.test(name))))
    return true;
  return imports.some((name) => {
    const file = name.startsWith('.') ? fileOf(join(dirname(path), name)) : undefined;
    return file !== undefined && dependsOnNode(file, seen);
  });
}

/** @type {Map<string, readonly string[]>} */
const known = new Map();

/**
 * The names that a file imports.
 * @param {string} path
 */
function importsOf(path) {
  const found =
    known.get(path) ??
    [...readFileSync(path, 'utf8').matchAll(/\b(?:from|require\(|import\() ?'([^']+)'/g)].map(([, name = '']) => name);
  known.set(path, found);
  return found;
}

/**
 * The file of a relative import, without its extension.
 * @param {string} base
 */
function fileOf(base) {
  return [base, `${base}.ts`, join(base, 'index.ts')].find((path) => existsSync(path) && statSync(path).isFile());
}
