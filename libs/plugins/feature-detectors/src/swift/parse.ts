import { problemList } from '@clarion/file-formats';
import { type Feature, isObject, type JsonObject, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';

/**
 * The packages that Swift's package manager has put beside a build
 * (https://github.com/swiftlang/swift-package-manager/blob/main/Sources/Workspace/WorkspaceState.swift), versions 4 to 7
 * of the format.
 */
export function parseWorkspaceState(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  const { object, problem } = parseJsonObject(file);
  if (object === undefined) return { features: [], problems: [problem] };
  const { note, problems } = problemList(path);
  const features: Feature[] = [];
  const dependencies = member(object, 'object')['dependencies'];
  if (!Array.isArray(dependencies)) note('unreadable-database', 'The file has no list of dependencies');
  else {
    for (const entry of dependencies as readonly unknown[]) {
      if (!budget.spend(1)) break;
      const found = readDependency(entry);
      if (found === undefined) note('bad-record', `The dependency ${labelOf(entry)} lacks a location or a state`);
      else if (found.version === undefined) continue;
      else if (!budget.keep()) break;
      else features.push({ type: 'swift', name: found.name, version: found.version, path });
    }
  }
  return { features, problems: problems() };
}

interface Dependency {
  readonly name: string;
  /** Absent for a branch, a revision and a directory. */
  readonly version: string | undefined;
}

function readDependency(entry: unknown): Dependency | undefined {
  if (!isObject(entry)) return undefined;
  const reference = member(entry, 'packageRef');
  const location = reference['location'] ?? reference['path'] ?? reference['identity'];
  const state = entry['state'];
  if (!isUsableText(location) || !isObject(state)) return undefined;
  const version = member(state, 'checkoutState')['version'] ?? state['version'];
  return { name: nameOfLocation(location), version: isUsableText(version) ? version : undefined };
}

const scheme = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?/i;
const sshLocation = /^[^/@:]+@([^/:]+):/;

/** `github.com/apple/swift-nio` of any spelling of its address; the identity of a package of a registry as it is. */
function nameOfLocation(location: string): string {
  const short = location
    .replace(scheme, '')
    .replace(sshLocation, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return short === '' ? location : short;
}

function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

function labelOf(entry: unknown): string {
  const identity = isObject(entry) ? member(entry, 'packageRef')['identity'] : undefined;
  return quoted(typeof identity === 'string' ? identity : '?');
}
