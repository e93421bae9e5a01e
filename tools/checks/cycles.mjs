// Import cycles between files are an error, including those of types alone: files that need each other are one thing in
// two files, and shared types belong in a separate file. Prints each group of files that reach each other by imports;
// exits with 1 if there is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = process.env.CLARION_CYCLES_ROOT ?? join(fileURLToPath(import.meta.url), '..', '..', '..');
const { paths } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile).config.compilerOptions;

/** Every source file of the project, absolute. */
function* sourcesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'testdata', 'generated'].includes(entry.name)) yield* sourcesOf(path);
    } else if (/\.(ts|mjs)$/.test(entry.name)) yield path;
  }
}

/** The file of this project that an import names, or undefined. */
function resolved(from, name) {
  const library = paths[name]?.[0];
  if (library === undefined && !name.startsWith('.')) return undefined;
  const base = library === undefined ? join(dirname(from), name) : join(root, library);
  return [base, `${base}.ts`, base.replace(/\.js$/, '.ts'), join(base, 'index.ts')].find(
    (path) => /\.(ts|mjs)$/.test(path) && existsSync(path),
  );
}

const imports = new Map();
for (const top of ['apps', 'libs', 'tools']) {
  for (const path of sourcesOf(join(root, top))) {
    const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'), true, true);
    const files = importedFiles.map(({ fileName }) => resolved(path, fileName));
    imports.set(path, [...new Set(files.filter((file) => file !== undefined))]);
  }
}

/** Groups of two and more files that reach each other, and files that import themselves (Tarjan 1972). */
function cyclesOf(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const groups = [];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(file, Math.min(low.get(file), low.get(next)));
      } else if (stack.includes(next)) low.set(file, Math.min(low.get(file), index.get(next)));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || graph.get(file)?.includes(file)) groups.push(group);
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return groups;
}

const cycles = cyclesOf(imports);
for (const group of cycles) {
  console.error(`These files import each other:`);
  for (const file of group) {
    const partners = imports.get(file).filter((other) => group.includes(other));
    console.error(`  ${relative(root, file)} -> ${partners.map((other) => relative(dirname(file), other)).join(', ')}`);
  }
}
if (cycles.length > 0) process.exit(1);
console.log(`cycles: none among ${imports.size} files`);
