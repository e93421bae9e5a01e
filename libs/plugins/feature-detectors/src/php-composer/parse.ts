import { problemList } from '@clarion/file-formats';
import { alternativeLicenses } from '@clarion/licenses';
import { type Feature, isObject, type WantedFile, type WorkBudget } from '@clarion/model';
import { jsonValueOf } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted, usableTexts } from '../usable-text';

/** The packages of one `installed.json`: a list (Composer 1), or an object with the list `packages` (Composer 2). */
export function parseInstalledList(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { path } = file;
  const { value, problem } = jsonValueOf(file);
  if (problem !== undefined) return { features: [], problems: [problem] };
  const { note, problems } = problemList(path);
  const packages = isObject(value) ? value['packages'] : value;
  const features: Feature[] = [];
  if (!Array.isArray(packages)) note('unreadable-database', 'The file has no list of packages');
  else {
    for (const one of packages as readonly unknown[]) {
      if (!budget.spend(1)) break;
      const feature = toFeature(one, path);
      if (feature === undefined) note('bad-record', `The entry ${nameOf(one)} lacks a name or a version`);
      else if (!budget.keep()) break;
      else features.push(feature);
    }
  }
  return { features, problems: problems() };
}

function toFeature(entry: unknown, path: string): Feature | undefined {
  if (!isObject(entry)) return undefined;
  const { name, version, license } = entry;
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  return { type: 'composer', name, version, ...usableTexts({ license: licenseOf(license) }), path };
}

/** Several licences are alternatives (https://getcomposer.org/doc/04-schema.md#license). */
function licenseOf(license: unknown): string {
  const listed: readonly unknown[] = Array.isArray(license) ? license : [license];
  return alternativeLicenses(listed.filter(isUsableText));
}

function nameOf(entry: unknown): string {
  const name = isObject(entry) ? entry['name'] : undefined;
  return quoted(typeof name === 'string' ? name : '?');
}
