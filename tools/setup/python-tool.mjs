// Installs third-party Python tools, each once, into a separate environment below node_modules/.cache/clarion.
// Usage: node tools/setup/python-tool.mjs schemathesis   prints the path of its Python; reports what is missing and
// exits with 1
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { complaint, root } from './ensure.mjs';

const cache = join(root, 'node_modules', '.cache', 'clarion');
const python = process.platform === 'win32' ? 'python' : 'python3';
const inside = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python3'];

/**
 * Packages by tool. The libraries that make the requests and read the document are pinned as well, so that all machines
 * send the same requests.
 */
const tools = new Map([
  [
    'schemathesis',
    [
      'schemathesis==4.32.5',
      'hypothesis==6.170.17',
      'jsonschema_rs==0.60.3',
      'openapi-spec-validator==0.9.0',
      'openapi-schema-validator==0.9.0',
    ],
  ],
]);

/**
 * The path of a Python with the packages of a tool; run their modules with `-m`. Created next to its target, then moved
 * there, so that two processes do not collide. Throws an error that names what is missing.
 */
export function ensurePythonTool(name) {
  const packages = tools.get(name);
  if (packages === undefined) throw new Error(`known tools: ${[...tools.keys()].join(', ')}`);
  const key = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const home = join(cache, `python-${name}-${key}`);
  const executable = join(home, ...inside);
  if (existsSync(executable)) return executable;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'building-'));
  try {
    console.error(`clarion: installing ${name} for Python (once)`);
    const run = (command, args, missing) => {
      const done = spawnSync(command, args, { encoding: 'utf8' });
      if (done.status === 0) return;
      const said = `${done.stderr ?? ''}${done.stdout ?? ''}`.trim().split('\n').at(-1) || (done.error?.message ?? '');
      throw new Error(`there is no ${name}, and ${missing}: ${said}`);
    };
    run(python, ['-m', 'venv', folder], `no ${python} with venv to install it with`);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
    run(join(folder, ...inside), pip, 'pip could not install it');
    rmSync(home, { recursive: true, force: true });
    renameSync(folder, home);
  } catch (error) {
    // Another process was first.
    if (!existsSync(executable)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return executable;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(ensurePythonTool(process.argv[2]));
  } catch (error) {
    console.error(complaint(error));
    process.exitCode = 1;
  }
}
