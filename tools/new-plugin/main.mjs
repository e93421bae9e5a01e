// Scaffolds a plugin: a folder with a parser, a spec, testdata and a readme, and its line in the library's index.
// Usage: npm run new-plugin -- KIND ID      KIND: detector, namespace-detector, feed, version-scheme, report-format
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = process.env.CLARION_ROOT ?? join(here, '..', '..');
const libraries = {
  detector: 'plugins/feature-detectors',
  'namespace-detector': 'plugins/namespace-detectors',
  feed: 'plugins/feed-sources',
  'version-scheme': 'base/version-schemes',
  'report-format': 'plugins/report-formats',
};

function fail(message) {
  console.error(`new-plugin: ${message}`);
  process.exit(1);
}

const [kind, id] = process.argv.slice(2);
const library = libraries[kind];
if (library === undefined || id === undefined)
  fail(`usage: npm run new-plugin -- KIND ID   KIND: ${Object.keys(libraries).join(', ')}`);
if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id))
  fail(`"${id}" is no id: use lower-case words joined by hyphens, such as conan or red-hat`);
const source = join(root, 'libs', library, 'src');
const folder = join(source, id);
if (existsSync(folder)) fail(`${folder} is there already`);
const name = id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** Puts the id into names and contents of everything below `place`. */
function fill(place) {
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    const path = join(place, entry.name.replaceAll('__id__', id).replace(/\.template$/, ''));
    if (path !== join(place, entry.name)) renameSync(join(place, entry.name), path);
    if (entry.isDirectory()) fill(path);
    else writeFileSync(path, readFileSync(path, 'utf8').replaceAll('__id__', id).replaceAll('__name__', name));
  }
}

/** Adds the import and the array element, both in the order of ids. */
function register() {
  const index = join(source, 'index.ts');
  const text = readFileSync(index, 'utf8');
  const imports = [...text.matchAll(/^import \{ (\w+) \} from '\.\/([a-z0-9-]+)';$/gm)].map(([, symbol, place]) => ({
    symbol,
    place,
  }));
  imports.push({ symbol: name, place: id });
  imports.sort((a, b) => (a.place < b.place ? -1 : 1));
  const lines = imports.map(({ symbol, place }) => `import { ${symbol} } from './${place}';`);
  const array = /(: readonly \w+\[\] = \[)([\w\s,]*)(\];)/;
  const registered = array
    .exec(text)?.[2]
    .split(',')
    .map((symbol) => symbol.trim())
    .filter(Boolean);
  if (registered === undefined) fail(`${index} has no array of plugins`);
  const elements = imports
    .map(({ symbol }) => symbol)
    .filter((symbol) => symbol === name || registered.includes(symbol));
  const first = text.search(/^import \{ \w+ \} from '\.\/[a-z0-9-]+';$/m);
  const without = text.replace(/^import \{ \w+ \} from '\.\/[a-z0-9-]+';\n/gm, '');
  const withImports = `${without.slice(0, first)}${lines.join('\n')}\n${without.slice(first)}`;
  writeFileSync(index, withImports.replace(array, `$1\n  ${elements.join(',\n  ')},\n$3`));
  return index;
}

mkdirSync(join(folder, 'testdata'), { recursive: true });
cpSync(join(here, 'templates', kind), folder, { recursive: true });
fill(folder);
const index = register();
const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
if (existsSync(prettier))
  spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', folder, index], {
    cwd: root,
    stdio: 'inherit',
  });
if (kind === 'feed' || kind === 'report-format') {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const env = { ...process.env, CLARION_WRITE_EXPECTED: '1', UPDATE_TESTDATA: '1' };
  spawnSync(
    process.execPath,
    [jest, '--config', 'jest.config.cjs', `libs/${library}/src/(contract|formats)\\.spec`, '-t', id],
    {
      cwd: root,
      env,
      stdio: 'ignore',
    },
  );
}
console.log(
  `made ${folder}\nregistered in ${index}\nnext: npm test -- libs/${library}/src/${id}, and write what it really reads`,
);
