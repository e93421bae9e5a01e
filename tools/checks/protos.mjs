// Checks the protos under proto/: they lint, the committed code matches them, and nothing that clients rely on is
// broken since the committed image of the API (proto/clarion.binpb). With --write the code and the image are updated,
// unless that breaks clients: for a deliberate break, delete the image first, which is visible in the commit.
// Usage: node tools/checks/protos.mjs [--write]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.env.CLARION_PROTOS_ROOT ?? join(fileURLToPath(import.meta.url), '..', '..', '..');
const image = join(root, 'proto', 'clarion.binpb');
const generated = join('libs', 'base', 'proto', 'src', 'generated');
const scratch = mkdtempSync(join(tmpdir(), 'clarion-protos-'));
const faults = [];

/** Runs buf; what it complains about is a fault under `heading`. */
function buf(heading, ...args) {
  const script = join(root, 'node_modules', '@bufbuild', 'buf', 'bin', 'buf');
  const done = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) faults.push(`${heading}:\n${done.stdout}${done.stderr}`.trimEnd());
  return done.status === 0;
}

/** The contents of all files below `folder`, by path. */
function contents(folder) {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, 'utf8')];
    }),
  );
}

/** Generates all code into `out` (an output directory like the root of the workspace); false when buf fails. */
function generate(out) {
  const built = join(scratch, 'clarion.binpb');
  if (!buf('buf build', 'build', '--exclude-source-info', '-o', built)) return false;
  if (!buf('buf generate', 'generate', '-o', out)) return false;
  const text = readFileSync(built).toString('base64');
  writeFileSync(
    join(out, generated, 'descriptor-set.ts'),
    `// Written by tools/checks/protos.mjs. DO NOT EDIT.\n\n` +
      `/** The google.protobuf.FileDescriptorSet of all files, in base64. */\nexport const descriptorSet =\n  '${text}';\n`,
  );
  return true;
}

function check() {
  if (!generate(scratch)) return;
  const wanted = contents(join(scratch, generated));
  const present = contents(join(root, generated));
  for (const path of new Set([...wanted.keys(), ...present.keys()])) {
    if (wanted.get(path) !== present.get(path)) faults.push(`${join(generated, path)} is not what proto/ generates`);
  }
  const built = readFileSync(join(scratch, 'clarion.binpb'));
  if (!existsSync(image) || !readFileSync(image).equals(built)) faults.push('proto/clarion.binpb is out of date');
  if (faults.length > 0) faults.push('Run node tools/checks/protos.mjs --write');
}

try {
  buf('buf lint', 'lint');
  if (existsSync(image)) buf('Clients would break', 'breaking', '--against', image);
  if (faults.length === 0) {
    if (!process.argv.includes('--write')) check();
    else if (generate(root)) writeFileSync(image, readFileSync(join(scratch, 'clarion.binpb')));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
