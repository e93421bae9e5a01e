// Domain code names no distribution, no ecosystem of a language and no feed: data about the first two is their row in
// libs/base/distributions and libs/base/ecosystems, and data about a feed is its folder. Prints each string and pattern with such a name; exits with 1 if there is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Strings that contain such a name with another meaning, by file. */
const exceptions = [
  ['purl.ts', 'arch', 'the architecture, a qualifier of package URLs'],
  ['third-party.ts', 'Amazon Corretto', 'a publisher of packages for other distributions'],
  ['third-party.ts', 'amazon.com', 'its domain'],
  ['third-party.ts', 'oracle.com', 'the domain of the publisher of MySQL'],
  ['links.ts', 'https://nvd.nist.gov/vuln/detail/', 'the page about any CVE'],
  ['links.ts', 'https://osv.dev/vulnerability/', 'the page about ids of PyPI and of malicious packages'],
  ['severity-source-kind.ts', 'nvd', 'who made a CVSS vector, a name of the setting severity order'],
  ['endpoint-input.ts', 'debian:12', 'an example in a message'],
  ['own-record.ts', 'debian:12', 'an example in a message'],
];

/** Types of packages that are words with another meaning too. */
const otherMeanings = ['generic', 'hex'];

/** Every source file below a folder, but specs and what they read. */
function* sourcesOf(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['testdata', 'testing'].includes(entry.name)) yield* sourcesOf(path);
    } else if (/\.ts$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name)) yield path;
  }
}

function parsed(path) {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The strings and patterns of a file, without those of imports and types. */
function* literalsOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
  if (ts.isStringLiteralLike(node) || ts.isRegularExpressionLiteral(node) || ts.isTemplateLiteralToken(node))
    yield node;
  for (const child of node.getChildren()) yield* literalsOf(child);
}

/** The strings in the value of a member, wherever it is in a row. */
function* membersOf(node, names) {
  if (ts.isPropertyAssignment(node) && names.includes(node.name.getText())) {
    for (const literal of literalsOf(node.initializer)) if (ts.isStringLiteralLike(literal)) yield literal.text;
  }
  for (const child of node.getChildren()) yield* membersOf(child, names);
}

/** Members of a row that name the distribution. */
const rowNames = ['family', 'ids', 'otherNames'];

/** Types and namespaces of languages: short words, which count only where they are the whole string. */
function languagesIn(root) {
  const languages = new Set(
    [...sourcesOf(join(root, 'libs/base/ecosystems/src/rows'))].flatMap((path) => {
      const row = parsed(path);
      const namespaces = [...membersOf(row, ['namespace'])];
      return namespaces.length === 0 ? [] : [...namespaces, ...membersOf(row, ['type'])];
    }),
  );
  for (const word of otherMeanings) languages.delete(word);
  return languages;
}

/** Names of distributions and ids of feeds: they count wherever they stand in a string. */
function namesIn(root) {
  const rows = join(root, 'libs/base/distributions/src/rows');
  const distributions = [...sourcesOf(rows)].flatMap((path) => [...membersOf(parsed(path), rowNames)]);
  const feeds = join(root, 'libs/plugins/feed-sources/src');
  const feedIds = readdirSync(feeds, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(feeds, entry.name, 'index.ts')))
    .map(({ name }) => name);
  return [...new Set([...distributions, ...feedIds])].sort((a, b) => b.length - a.length);
}

/** A string without its exceptions. */
function withoutExceptions(path, text) {
  const excepted = exceptions.filter(([file]) => file === basename(path));
  return excepted.reduce((rest, [, what]) => rest.replaceAll(what, ''), text);
}

/**
 * Checks the project in a folder.
 * @returns {{ found: string[], names: number }} lines `FILE:LINE: TEXT names NAME`; the count of names
 */
export function checkDistributionNames(root) {
  const languages = languagesIn(root);
  const names = namesIn(root);
  const escaped = names.map((name) => name.replaceAll('.', '\\.')).join('|');
  const named = new RegExp(`(?<![a-z0-9])(?:${escaped})(?![a-z])`, 'i');
  const found = [];
  for (const path of sourcesOf(join(root, 'libs/domain'))) {
    const file = parsed(path);
    for (const literal of literalsOf(file)) {
      const text = literal.getText();
      const isLanguage = ts.isStringLiteralLike(literal) && languages.has(literal.text);
      const name = isLanguage ? literal.text : named.exec(withoutExceptions(path, text))?.[0];
      if (name === undefined) continue;
      const { line } = file.getLineAndCharacterOfPosition(literal.getStart());
      found.push(`${relative(root, path)}:${line + 1}: ${text.slice(0, 80)} names ${name}`);
    }
  }
  return { found, names: names.length + languages.size };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { found, names } = checkDistributionNames(join(fileURLToPath(import.meta.url), '..', '..', '..'));
  for (const one of found) console.error(one);
  if (found.length > 0) {
    console.error(
      `${found.length} names of distributions, languages and feeds; a member of the row or of the feed says it`,
    );
  } else console.log(`distribution names: none of ${names} in libs/domain`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
