import { problemList } from '@clarion/file-formats';
import { type Feature, isObject, type JsonObject, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';
import { runtimeOfDirectory, wholeRuntimes } from './runtime';

/**
 * The packages of a `deps.json` that have files at run time: those that only the build needs are listed there, too. Of
 * the types of libraries, `package` is NuGet's, and `runtimepack` is the runtime in a self-contained application.
 */
export function parseDependencies(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { object, problem } = parseJsonObject(file);
  if (object === undefined) return { features: [], problems: [problem] };
  const { note, problems } = problemList(file.path);
  const { libraries } = object;
  if (!isObject(libraries)) {
    note('unreadable-database', 'The file has no libraries');
    return { features: [], problems: problems() };
  }
  const present = librariesWithAssets(object, budget);
  const features: Feature[] = [];
  const add = (feature: Feature): boolean => budget.keep() && features.push(feature) > 0;
  for (const [key, library] of Object.entries(libraries)) {
    if (!budget.spend(1)) break;
    const type = isObject(library) ? library['type'] : undefined;
    if ((type !== 'package' && type !== 'runtimepack') || !present(key)) continue;
    const feature = toFeature(key, file.path);
    if (feature === undefined) note('bad-record', `The library ${quoted(key)} is not of the form name/version`);
    else if (!add(feature)) break;
  }
  for (const whole of wholeRuntimes(features, runtimeOfDirectory(file.path, object))) {
    if (!add({ type: 'nuget', ...whole, path: file.path })) break;
  }
  return { features, problems: problems() };
}

function toFeature(key: string, path: string): Feature | undefined {
  const slash = key.indexOf('/');
  const name = key.slice(0, Math.max(slash, 0)).replace(/^runtimepack\./, '');
  const version = key.slice(slash + 1);
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  return { type: 'nuget', name, version, path };
}

/** The members of a library that name files which are there at run time. */
const assets = ['runtime', 'native', 'runtimeTargets', 'resources'];

/**
 * Which libraries have files at run time, in the target for the runtime, else in any. Without targets, as in a damaged
 * file, all have.
 */
function librariesWithAssets({ targets, runtimeTarget }: JsonObject, budget: WorkBudget): (library: string) => boolean {
  if (!isObject(targets)) return () => true;
  const name = isObject(runtimeTarget) ? runtimeTarget['name'] : runtimeTarget;
  const own = typeof name === 'string' && Object.hasOwn(targets, name) ? targets[name] : undefined;
  const present = new Set<string>();
  for (const target of isObject(own) ? [own] : Object.values(targets)) {
    for (const [library, parts] of Object.entries(isObject(target) ? target : {})) {
      if (!budget.spend(1)) return () => true;
      if (isObject(parts) && assets.some((kind) => hasMembers(parts[kind]))) present.add(library);
    }
  }
  return (library) => present.has(library);
}

function hasMembers(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}
