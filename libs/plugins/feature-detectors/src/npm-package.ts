import { alternativeLicenses } from '@clarion/licenses';
import { isObject, type JsonObject, type Problem, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseJsonMembers } from './json-object';
import { nothingParsed, type ParsedPackages } from './parsed';
import { isUsableText, quoted, usableTexts } from './usable-text';

/**
 * The package of one `package.json`. Its name is the one in the file: the directory of an alias
 * (`npm:old-name@1.0.0`) has another. A file without a name, such as one that only states the kind of modules, is no
 * package; directly in `node_modules` that is a problem.
 */
export function parseNpmPackage(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  const { object, problem } = parseJsonMembers(file, members);
  if (object === undefined) return { features: [], problems: [problem] };
  const { name } = object;
  const version = asNpmReadsIt(object['version']);
  if (isForEditor(object)) return nothingParsed;
  if (!isUsableText(name)) return { features: [], problems: nameProblems(name, path) };
  if (!isUsableText(version)) return { features: [], problems: versionProblems(object, { name, path }) };
  if (!budget.keep()) return nothingParsed;
  const feature = {
    type: 'npm',
    name,
    version,
    ...usableTexts({ license: licenseOf(object) }),
    path,
  };
  return { features: [feature], problems: [] };
}

/** What is read of a `package.json`. */
const members: ReadonlySet<string> = new Set([
  ...['name', 'version', 'license', 'licenses', 'engines', 'publisher', 'unity'],
  ...['private', 'contributes', 'main', 'exports', 'bin', 'dependencies'],
]);

/** npm drops these characters before a version, and shows `v1.2.3` as 1.2.3. */
function asNpmReadsIt(version: unknown): unknown {
  return typeof version === 'string' ? version.trim().replace(/^[=v]+(?=\d)/, '') : version;
}

/** By this name Node loads what lies here, whatever the file says. */
const directoryInModules = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/;

/** A name that is not text, or empty, is that of no package; but what lies in `node_modules` is loaded all the same. */
function nameProblems(name: unknown, path: string): readonly Problem[] {
  if (typeof name === 'string' && name !== '') {
    return [{ code: 'bad-record', path, message: `The name ${quoted(name)} is not a text of usual length` }];
  }
  const directory = directoryInModules.exec(path)?.[1];
  if (directory === undefined) return [];
  return [{ code: 'bad-record', path, message: `Node loads ${quoted(directory)} from here, but the file has no name` }];
}

/**
 * Local packages need no version: those outside `node_modules`, to which links lead, and private ones, which no registry
 * accepts. A version that is not text is damage.
 */
function versionProblems(
  { version, private: isPrivate }: JsonObject,
  { name, path }: { readonly name: string; readonly path: string },
): readonly Problem[] {
  if (version !== undefined && version !== '') {
    return [{ code: 'bad-record', path, message: `The version of ${quoted(name)} is not a text of usual length` }];
  }
  if (!directoryInModules.test(path) || isPrivate === true) return [];
  return [{ code: 'bad-record', path, message: `Node loads ${quoted(name)} from here, but its version is not known` }];
}

/**
 * Extensions of Visual Studio Code and packages of Unity have the same file. One member is no proof, because packages of
 * npm may have any: they say which editor they need, in its own form, and have a publisher or a name of a domain.
 */
function isForEditor(object: JsonObject): boolean {
  const { engines, publisher, name, unity } = object;
  // Libraries for extensions need the editor too, but only extensions have a publisher.
  if (isObject(engines) && typeof engines['vscode'] === 'string' && typeof publisher === 'string') return true;
  if (isLanguageForEditor(object)) return true;
  return typeof unity === 'string' && /^\d{4}\.\d+$/.test(unity) && typeof name === 'string' && domain.test(name);
}

/** The extensions that an editor comes with name no publisher. Without a program they are no packages to load. */
function isLanguageForEditor({ contributes, main, exports, bin, dependencies }: JsonObject): boolean {
  if (!isObject(contributes) || [main, exports, bin, dependencies].some((one) => one !== undefined)) return false;
  const { languages, grammars } = contributes;
  return [languages, grammars].every((one) => Array.isArray(one) && one.length > 0);
}

/** `com.unity.timeline` */
const domain = /^[a-z]{2,10}(?:\.[a-z0-9_-]{1,100}){2,10}$/;

/** An SPDX expression; in old packages an object, or a list of them to choose from. */
function licenseOf({ license, licenses }: JsonObject): string {
  const listed = Array.isArray(license ?? licenses) ? (license ?? licenses) : [license ?? licenses];
  const texts = (listed as readonly unknown[]).map((one) =>
    isObject(one) ? (one['type'] ?? one['name'] ?? one['url']) : one,
  );
  return alternativeLicenses(texts.filter(isUsableText));
}
