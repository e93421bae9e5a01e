import { problemList } from '@clarion/file-formats';
import { type Feature, isObject, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';

/**
 * The packages that an application runs with
 * (https://github.com/dart-lang/language/blob/main/accepted/2.8/language-versioning/package-config-file-v2.md). The file
 * names directories; those in the cache of pub have the version in their name.
 */
export function parsePackageConfig(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  const { object, problem } = parseJsonObject(file);
  if (object === undefined) return { features: [], problems: [problem] };
  const { note, problems } = problemList(path);
  const features: Feature[] = [];
  const { packages } = object;
  if (!Array.isArray(packages)) note('unreadable-database', 'The file has no list of packages');
  else {
    for (const entry of packages as readonly unknown[]) {
      if (!budget.spend(1)) break;
      const found = readEntry(entry);
      if (found === undefined) note('bad-record', `The entry ${nameOf(entry)} lacks a name or a directory`);
      else if (found.version === undefined) continue;
      else if (!budget.keep()) break;
      else features.push({ type: 'pub', name: found.name, version: found.version, path });
    }
  }
  return { features, problems: problems() };
}

/** `file:///root/.pub-cache/hosted/pub.dev/http-1.1.0`; before Dart 2.19 `pub.dartlang.org`; any host of packages. */
const hosted = /\/hosted\/[^/]+\/([^/]+)\/?$/;

function readEntry(entry: unknown): { readonly name: string; readonly version: string | undefined } | undefined {
  if (!isObject(entry)) return undefined;
  const { name, rootUri } = entry;
  if (!isUsableText(name) || !isUsableText(rootUri)) return undefined;
  const [, directory = ''] = hosted.exec(decoded(rootUri)) ?? [];
  const version = directory.startsWith(`${name}-`) ? directory.slice(name.length + 1) : '';
  return { name, version: version === '' ? undefined : version };
}

/** A URI may have any character escaped. */
function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

function nameOf(entry: unknown): string {
  const name = isObject(entry) ? entry['name'] : undefined;
  return quoted(typeof name === 'string' ? name : '?');
}
