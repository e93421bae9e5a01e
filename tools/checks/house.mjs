// Project rules that no linter covers: names that explain themselves, a readme for every library, complete plugin
// folders. Prints each violation; exits with 1 if there is one.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testCodeInSources } from './test-code.mjs';

const root = join(fileURLToPath(import.meta.url), '..', '..', '..');
const violations = [];
const emptyName = /^(common|core|shared|utils?|helpers?|generic|misc|lib)$/;
const kebab = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
const pluginLibraries = [
  'plugins/namespace-detectors',
  'plugins/feature-detectors',
  'plugins/feed-sources',
  'plugins/report-formats',
  'base/version-schemes',
];
/** Folders of libraries in the lint configuration (eslint.config.cjs). */
const typeOfFolder = {
  base: 'type:base',
  plugins: 'type:plugin',
  domain: 'type:domain',
  adapters: 'type:adapter',
  apis: 'type:api',
  composition: 'type:composition',
  testing: 'type:test',
};

/** Visits every file and folder of the sources but test data and generated code. */
function walk(folder, visit) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (['testdata', 'generated', 'node_modules'].includes(entry.name)) continue;
    visit(path, entry);
    if (entry.isDirectory()) walk(path, visit);
  }
}

for (const top of ['apps', 'libs', 'tools']) {
  walk(join(root, top), (path, entry) => {
    const name = basename(path).replace(/\.(spec\.)?(ts|mjs|cjs)$/, '');
    const shown = relative(root, path);
    if (emptyName.test(name)) violations.push(`${shown}: the name says nothing`);
    if (entry.isFile() && /\.(ts|mjs|cjs)$/.test(path) && !kebab.test(name))
      violations.push(`${shown}: file names are kebab-case`);
  });
}
const libraries = readdirSync(join(root, 'libs')).flatMap((folder) =>
  readdirSync(join(root, 'libs', folder)).map((name) => `${folder}/${name}`),
);
for (const library of libraries) {
  const type = typeOfFolder[library.split('/')[0]];
  const { tags } = JSON.parse(readFileSync(join(root, 'libs', library, 'project.json'), 'utf8'));
  if (type === undefined || !tags.includes(type))
    violations.push(`libs/${library}: its folder does not make it ${tags}`);
  const readme = join(root, 'libs', library, 'README.md');
  if (!existsSync(readme)) violations.push(`libs/${library}: no README.md`);
  else if (readFileSync(readme, 'utf8').split('\n').length > 61)
    violations.push(`libs/${library}/README.md: more than 60 lines`);
}
for (const library of pluginLibraries) {
  const source = join(root, 'libs', library, 'src');
  const registry = readFileSync(join(source, 'index.ts'), 'utf8');
  for (const plugin of readdirSync(source)) {
    const folder = join(source, plugin);
    if (plugin === 'testdata' || !statSync(folder).isDirectory() || !existsSync(join(folder, 'index.ts'))) continue;
    if (!registry.includes(`'./${plugin}'`))
      violations.push(`libs/${library}/src/${plugin}: not registered in index.ts`);
    if (!existsSync(join(folder, 'readme.md'))) violations.push(`libs/${library}/src/${plugin}: no readme.md`);
  }
}
/** Packages that would run a script at installation; scripts are off (.npmrc), and these work without. */
const withInstallScript = new Set([
  ...['@bufbuild/buf', '@parcel/watcher', '@swc/core', 'esbuild', 'nx'],
  ...['lmdb', 'msgpackr-extract', 'protobufjs'],
]);
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
for (const [path, { hasInstallScript }] of Object.entries(packages)) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (hasInstallScript && !withInstallScript.has(name))
    violations.push(`package-lock.json: ${name} runs a script when it is installed; look what for, then list it here`);
}
if (!readFileSync(join(root, '.npmrc'), 'utf8').includes('ignore-scripts=true'))
  violations.push('.npmrc: ignore-scripts is not on');
violations.push(...testCodeInSources(root));
for (const violation of violations) console.error(violation);
process.exit(violations.length > 0 ? 1 : 0);
