import { isObject, type JsonObject, type WantedFile } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import { decodeLockText } from './lock-text';
import { readToml } from './toml';

/** Whether a manifest declares packages that are installed to run the project; so may one that cannot be read. */
export function declaresPackages(file: WantedFile): boolean {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const declares = readers.get(name) ?? readers.get(`*${name.slice(name.lastIndexOf('.'))}`);
  return declares?.(file) ?? false;
}

type Declares = (file: WantedFile) => boolean;

const readers: ReadonlyMap<string, Declares> = new Map<string, Declares>([
  [
    'package.json',
    inJson(({ dependencies, optionalDependencies }) => some(dependencies) || some(optionalDependencies)),
  ],
  ['composer.json', inJson(({ require }) => some(require, (name) => name.includes('/')))],
  ['pyproject.toml', inToml(inPyproject)],
  ['Pipfile', inToml(({ packages }) => some(packages))],
  ['Cargo.toml', inToml(inCargo)],
  // Not `install_requires=[]`.
  ['setup.py', inText(/\binstall_requires['"]?\s{0,50}[=:]\s{0,50}(?:[[(]\s{0,200})?(?!None\b)['"\w]/)],
  ['setup.cfg', inText(/^install_requires[ \t]{0,50}=[ \t]{0,50}(?:\S|\r?\n[ \t]{1,50}[^\s#])/m)],
  ['constraints.txt', inText(/^[ \t]{0,50}[^\s#]/m)],
  ['Gemfile', inText(/^[ \t]{0,50}gem[ \t(]{1,50}['"]/m)],
  ['gems.rb', inText(/^[ \t]{0,50}gem[ \t(]{1,50}['"]/m)],
  ['*.csproj', inText(/<PackageReference\s/)],
  ['*.fsproj', inText(/<PackageReference\s/)],
  ['*.vbproj', inText(/<PackageReference\s/)],
  ['Directory.Packages.props', inText(/<PackageVersion\s/)],
  ['build.gradle', inText(ofGradle())],
  ['build.gradle.kts', inText(ofGradle())],
]);

function inText(pattern: RegExp): Declares {
  return ({ content }) => pattern.test(decodeLockText(content));
}

function inJson(declares: (object: JsonObject) => boolean): Declares {
  return (file) => {
    const { object } = parseJsonObject(file);
    return object === undefined || declares(object);
  };
}

function inToml(declares: (object: JsonObject) => boolean): Declares {
  return (file) => {
    const { object } = readToml(file);
    return object === undefined || declares(object);
  };
}

/** A version that is a directory of the project or its workspace. */
const local = /^(?:workspace|file|link|portal):/;

/** Whether a table of packages by name has one that is not the project's own. */
function some(table: unknown, isPackage: (name: string) => boolean = () => true): boolean {
  if (!isObject(table)) return false;
  return Object.entries(table).some(([name, value]) => isPackage(name) && !isLocal(value));
}

function isLocal(value: unknown): boolean {
  if (isObject(value)) return value['path'] !== undefined;
  return typeof value === 'string' && local.test(value);
}

function tableAt(object: JsonObject, ...names: readonly string[]): JsonObject {
  return names.reduce<JsonObject>((table, name) => {
    const value = table[name];
    return isObject(value) ? value : {};
  }, object);
}

function inPyproject(object: JsonObject): boolean {
  const { dependencies } = tableAt(object, 'project');
  if (Array.isArray(dependencies) && dependencies.length > 0) return true;
  return some(tableAt(object, 'tool', 'poetry')['dependencies'], (name) => name !== 'python');
}

function inCargo(object: JsonObject): boolean {
  const targets = Object.values(tableAt(object, 'target')).filter(isObject);
  // What a workspace declares for its members (`workspace.dependencies`) counts where they use it.
  return [object, ...targets].some(({ dependencies }) => some(dependencies));
}

/** `implementation 'group:artifact:1.0'`, `runtimeOnly(libs.jackson)`, `api platform("…")`, `compile group: 'a'`. */
function ofGradle(): RegExp {
  const configuration =
    /\b(?:implementation|api|compile|runtime|runtimeOnly|debugImplementation|releaseImplementation)/;
  const dependency = /[ \t(]{1,20}(?:(?:enforcedP|p)latform[ \t(]{1,20})?(?:['"][^'":\n]{1,200}:|group\s?[:=]|libs\.)/;
  return new RegExp(configuration.source + dependency.source);
}
