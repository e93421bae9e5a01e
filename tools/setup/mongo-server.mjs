// Prepares the MongoDB server of tests (tools/test-servers/mongo): jars from Maven, one compiled class. Only Node
// built-ins. node tools/setup/mongo-server.mjs prints the start command, or what is missing, as one line of JSON.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './ensure.mjs';

const source = join(root, 'tools', 'test-servers', 'mongo');
const cache = join(root, 'node_modules', '.cache', 'clarion', 'mongo-server');
/** Of both the compiled class and the JDK that runs it: any from this one on. */
const oldestJava = '11';

/** The folder of the server that was built from exactly these sources. */
function builtFolder() {
  const hash = createHash('sha256').update(oldestJava);
  for (const file of ['Main.java', 'pom.xml']) hash.update(readFileSync(join(source, file)));
  return join(cache, hash.digest('hex').slice(0, 16));
}

function isThere(command, argument) {
  return spawnSync(command, [argument], { stdio: 'ignore' }).status === 0;
}

function run(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} failed: ${done.error?.message ?? done.stdout + done.stderr}`);
}

function build(folder) {
  const missing = [...(isThere('javac', '-version') ? [] : ['javac']), ...(isThere('mvn', '-v') ? [] : ['mvn'])];
  if (missing.length > 0) return `no ${missing.join(' and no ')} here (Debian: default-jdk-headless, maven)`;
  const own = join(cache, randomUUID());
  mkdirSync(own, { recursive: true });
  try {
    const lib = join(own, 'lib');
    const pom = ['-f', join(source, 'pom.xml')];
    run('mvn', ['-q', '-B', ...pom, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], own);
    const classes = join(own, 'classes');
    run('javac', ['--release', oldestJava, '-cp', join(lib, '*'), '-d', classes, join(source, 'Main.java')], own);
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    // Another process may have built the same at the same time.
    if (!existsSync(folder)) return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

/**
 * Builds the server once for each state of its sources. Returns `{command, args}`, to which port and file are appended,
 * or `{missing}`, a sentence that describes what is missing.
 */
export function ensureMongoServer() {
  if (!isThere('java', '-version')) return { missing: 'no java here (Debian: default-jdk-headless)' };
  const folder = builtFolder();
  const missing = existsSync(folder) ? undefined : build(folder);
  if (missing !== undefined) return { missing };
  const classPath = [join(folder, 'classes'), join(folder, 'lib', '*')].join(delimiter);
  // Limited, because several suites run one each at the same time.
  return { command: 'java', args: ['-Xmx384m', '-XX:+UseSerialGC', '-cp', classPath, 'Main'] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(ensureMongoServer()));
