// Scaffolds a plugin: a folder with a parser, a spec, testdata and a readme, and its line in the library's index. A
// distribution has no folder, only one row; a detector of a new ecosystem also has one.
// Usage: npm run new-plugin -- KIND ID [--type TYPE]
// TYPE: the ecosystem of a detector's packages, by any of its names, where it is not called like the detector
// KIND: detector, namespace-detector, feed, version-scheme, report-format, distribution
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = process.env.CLARION_ROOT ?? join(here, '..', '..');
/** @type {Readonly<Record<string, string>>} */
const libraries = {
  detector: 'plugins/feature-detectors',
  'namespace-detector': 'plugins/namespace-detectors',
  feed: 'plugins/feed-sources',
  'version-scheme': 'base/version-schemes',
  'report-format': 'plugins/report-formats',
  distribution: 'base/distributions',
};

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`new-plugin: ${message}`);
  process.exit(1);
}

const [kind = '', id = '', option, ecosystem = id, ...others] = process.argv.slice(2);
const library = libraries[kind];
const isTypeNamed = option === '--type' && kind === 'detector';
if (library === undefined || id === '' || (option !== undefined && !isTypeNamed) || others.length > 0)
  fail(
    `usage: npm run new-plugin -- KIND ID   KIND: ${Object.keys(libraries).join(', ')}\n       npm run new-plugin -- detector ID --type TYPE   TYPE: the ecosystem of its packages, such as npm`,
  );
for (const text of [id, ecosystem]) {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(text))
    fail(`"${text}" is not an id; use lower-case words joined by hyphens, such as widget or red-hat`);
}

/** The name of the constant of an id. */
function nameOf(id) {
  return id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** A template with an id filled in. */
function filled(text, id) {
  return text.replaceAll('__id__', id).replaceAll('__name__', nameOf(id)).replaceAll('__type__', type);
}

/** Puts the id into names and contents of everything below `folder`. */
function fill(folder, id) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name.replaceAll('__id__', id).replace(/\.template$/, ''));
    if (path !== join(folder, entry.name)) renameSync(join(folder, entry.name), path);
    if (entry.isDirectory()) fill(path, id);
    else writeFileSync(path, filled(readFileSync(path, 'utf8'), id));
  }
}

/** Adds the import and the array element to an index, both in the order of ids; all other lines stay unchanged. */
function register(source, id) {
  const name = nameOf(id);
  const index = join(source, 'index.ts');
  const lines = readFileSync(index, 'utf8').split('\n');
  const imports = lines.flatMap((line, at) => {
    const [, symbol, folder = ''] = /^import \{ (\w+) \} from '\.\/([a-z0-9-]+)';$/.exec(line) ?? [];
    return symbol === undefined ? [] : [{ symbol, folder, at }];
  });
  const later = imports.filter(({ folder }) => folder > id);
  lines.splice(later[0]?.at ?? (imports.at(-1)?.at ?? -1) + 1, 0, `import { ${name} } from './${id}';`);
  const text = lines.join('\n');
  const array = /(: readonly \w+\[\] = \[)([\w\s,]*)(\];)/;
  const registered = array
    .exec(text)?.[2]
    ?.split(',')
    .map((symbol) => symbol.trim())
    .filter(Boolean);
  if (registered === undefined) fail(`${index} has no array of plugins`);
  const at = registered.findIndex((symbol) => later.some((one) => one.symbol === symbol));
  registered.splice(at < 0 ? registered.length : at, 0, name);
  writeFileSync(index, text.replace(array, `$1\n  ${registered.join(',\n  ')},\n$3`));
  return index;
}

/** Fails before anything is made if an id cannot be that of a plugin or a row in `source`. */
function checkId(source, id) {
  const name = nameOf(id);
  const index = readFileSync(join(source, 'index.ts'), 'utf8');
  const inUse = existsSync(join(source, id)) || existsSync(join(source, `${id}.ts`));
  if (inUse) fail(`${join(source, id)} exists already; choose another id`);
  if (/^(?:x|own)-/.test(id)) fail(`"${id}" begins like the names that users choose (x-, own-); choose another id`);
  if (new RegExp(`\\b${name}\\b`).test(index))
    fail(`${join(source, 'index.ts')} has another ${name}; choose another id`);
  try {
    // The id becomes the name of a constant in a module.
    new Function(`'use strict'; async () => { const ${name} = 1; }`);
  } catch {
    fail(`"${name}" is a word of TypeScript; choose another id`);
  }
}

/** Makes a folder or a row from the template of a kind, and registers it. */
function make({ template, source, isRow, id }) {
  const made = join(source, isRow ? `${id}.ts` : id);
  if (isRow) {
    const text = readFileSync(join(here, 'templates', template, '__id__.ts.template'), 'utf8');
    writeFileSync(made, filled(text, id));
  } else {
    mkdirSync(join(made, 'testdata'), { recursive: true });
    cpSync(join(here, 'templates', template), made, { recursive: true });
    fill(made, id);
  }
  const index = register(source, id);
  console.log(`made ${made}\nregistered in ${index}`);
  return [made, index];
}

/** The type of the packages of an ecosystem whose row has this type, this namespace or this other name. */
function knownType(text) {
  const rows = readdirSync(ecosystems).map((file) => readFileSync(join(ecosystems, file), 'utf8'));
  const isNamed = (row) => new RegExp(`^  (?:type|namespace|otherNames): .*'${text}'`, 'm').test(row);
  return /^ {2}type: '(.*)'/m.exec(rows.find(isNamed) ?? '')?.[1];
}

const ecosystems = join(root, 'libs', 'base', 'ecosystems', 'src', 'rows');
const isRow = kind === 'distribution';
const source = join(root, 'libs', library, 'src', ...(isRow ? ['rows'] : []));
const type = knownType(ecosystem) ?? ecosystem;
const isNewEcosystem = kind === 'detector' && knownType(ecosystem) === undefined;
const distributions = join(root, 'libs', 'base', 'distributions', 'src', 'rows');
checkId(source, id);
if (isNewEcosystem) checkId(ecosystems, ecosystem);
if (isNewEcosystem && existsSync(join(distributions, `${ecosystem}.ts`)))
  fail(`"${ecosystem}" is a distribution, whose packages have the type of its package manager; name that with --type`);
if (isRow && knownType(id) !== undefined) fail(`"${id}" is the name of an ecosystem already; choose another id`);
const written = make({ template: kind, source, isRow, id });
if (isNewEcosystem) {
  written.push(...make({ template: 'ecosystem', source: ecosystems, isRow: true, id: ecosystem }));
  console.error(
    `new-plugin: warning: no ecosystem is called "${ecosystem}", so one was added; if the packages belong to one that exists (libs/base/ecosystems/src/rows), remove all this and name it: npm run new-plugin -- detector ${id} --type npm`,
  );
}
const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
if (existsSync(prettier))
  spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', ...written], {
    cwd: root,
    stdio: 'inherit',
  });
if (kind === 'feed' || kind === 'report-format') {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const env = { ...process.env, UPDATE_EXPECTED: '1' };
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
const row = isNewEcosystem
  ? `, and fill in the row of the ecosystem (libs/base/ecosystems/src/ecosystem.ts describes it)`
  : '';
// The contract of a kind stands beside its folders.
const contracts = readdirSync(source).filter((file) =>
  /^(?:contract|detectors|conformance|formats|index)\.spec\.ts$/.test(file),
);
const suites = [join('libs', library, 'src', id, '/'), ...contracts.map((file) => join('libs', library, 'src', file))];
if (isNewEcosystem) suites.push('libs/base/ecosystems/');
console.log(
  isRow
    ? `next: fill in the row (libs/base/distributions/src/distribution.ts describes it), run node tools/docs/end-of-life-reference.mjs, and add a feed: npm run new-plugin -- feed ${id}`
    : `next: npm test -- ${suites.join(' ')}, and write what it really reads${row}`,
);
