// Test code belongs in the folder testing/ of its library or app, next to src: src contains the product. Test data stay
// next to the specs that read them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const program = /\.[cm]?[jt]s$/;
const spec = /\.spec\.ts$/;
/** Files that start a program or that other libraries import by the library's name, and declarations of types. */
const root = /(?:^|\/)(?:index|main)\.ts$|\.d\.ts$/;
const testImport = /\bfrom ['"](fast-check|@clarion\/test-kit|@jest\/globals|(?:\.\.?\/)+testing\/[^'"]*)['"]/;
const testCall = /^ *(?:describe|it)(?:\.\w+)*\(/m;
const relativeImport = /['"](\.\.?(?:\/[^'"]*)?)['"]/g;

/**
 * One line for each source file of a library or an app that is test code but not a spec.
 * @param {string} project The root of the workspace
 * @returns {string[]}
 */
export function testCodeInSources(project) {
  return sourceFolders(project).flatMap((folder) => {
    const texts = new Map(
      readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => program.test(name))
        .map((name) => [name, readFileSync(join(project, folder, name), 'utf8')]),
    );
    const importers = importersOf(texts);
    return [...texts]
      .filter(([name]) => !spec.test(name))
      .flatMap(([name, text]) => {
        const reason = reasonOf(name, text, importers.get(name) ?? []);
        return reason === undefined ? [] : [`${folder}/${name}: ${reason}, so it belongs into testing/ beside src`];
      });
  });
}

/**
 * The folders `src` of apps and of libraries other than those for tests.
 * @param {string} project
 */
function sourceFolders(project) {
  const projects = ['apps', ...foldersOf(project, 'libs').filter((layer) => layer !== 'libs/testing')];
  return projects
    .flatMap((folder) => foldersOf(project, folder))
    .map((folder) => `${folder}/src`)
    .filter((folder) => existsSync(join(project, folder)));
}

/**
 * @param {string} project
 * @param {string} folder
 */
function foldersOf(project, folder) {
  const path = join(project, folder);
  return existsSync(path) ? readdirSync(path).map((name) => `${folder}/${name}`) : [];
}

/**
 * The files that import each file of a folder.
 * @param {ReadonlyMap<string, string>} texts By name
 */
function importersOf(texts) {
  /** @type {Map<string, string[]>} */
  const importers = new Map();
  for (const [name, text] of texts) {
    for (const [, target = ''] of text.matchAll(relativeImport)) {
      const path = join(dirname(name), target);
      const imported = [path, `${path}.ts`, `${path}/index.ts`].find((candidate) => texts.has(candidate));
      if (imported !== undefined) importers.set(imported, [...(importers.get(imported) ?? []), name]);
    }
  }
  return importers;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {readonly string[]} importers
 */
function reasonOf(name, text, importers) {
  const folder = /(?:^|\/)(testing|testdata)\//.exec(name)?.[1];
  if (folder !== undefined) return `a program in ${folder}/ is test code`;
  const imported = testImport.exec(text)?.[1];
  if (imported !== undefined) return `what imports ${imported} is test code`;
  if (testCall.test(text)) return 'what describes tests is test code';
  const onlySpecs = importers.length > 0 && importers.every((importer) => spec.test(importer));
  return onlySpecs && !root.test(name) ? 'what only specs import is test code' : undefined;
}
