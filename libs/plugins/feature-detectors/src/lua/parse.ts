import { decodeText, textKeeper } from '@clarion/file-formats';
import { spdxLicense } from '@clarion/licenses';
import type { Feature, ProblemCode, WantedFile, WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';

/**
 * The rock that an installed rockspec describes. LuaRocks finds rocks by their directories, `NAME/VERSION`, and the file
 * is named after both; what the file says counts only where they differ, since it is a program that may compute it.
 */
export function parseRockspec({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  const problem = (code: ProblemCode, message: string): ParsedPackages => ({
    features: [],
    problems: [{ code, path, message }],
  });
  const assigned = readAssignments(decodeText(content), budget);
  if (!assigned.has('package')) return problem('unreadable-database', 'The file is not a rockspec');
  const installed = rockOfPath(path) ?? { name: textOf(assigned, 'package'), version: textOf(assigned, 'version') };
  const { name, version } = installed;
  if (!isUsableText(name) || !isUsableText(version)) {
    return problem('bad-record', 'The rockspec of this rock lacks a name or a version');
  }
  if (!budget.keep()) return nothingParsed;
  const feature: Feature = {
    type: 'luarocks',
    name,
    version,
    ...usableTexts({ license: licenseOf(assigned) }),
    path,
  };
  return { features: [feature], problems: [] };
}

function licenseOf(assigned: ReadonlyMap<string, string>): string | undefined {
  const written = textOf(assigned, 'license');
  return written === undefined ? undefined : (spdxLicense(written) ?? written);
}

const directories = /([^/]+)\/([^/]+)\/([^/]+)\.rockspec$/;

function rockOfPath(path: string): { readonly name: string; readonly version: string } | undefined {
  const [, name = '', version = '', file] = directories.exec(path) ?? [];
  return file === `${name}-${version}` ? { name, version } : undefined;
}

const assignment = /^\s*(package|version|license)\s*=\s*(.+)$/;
/** `description = { license = "MIT" }` in one line. */
const licenseInLine = /^[^"']*[{,]\s*(license)\s*=\s*(.+)$/;
const literal = /^(?:"([^"\\]*)"|'([^'\\]*)'|\[\[([^\]]*)\]\])/;

/** Longer lines are descriptions. */
const longestLine = 2000;

/** The first value of each field, as it is written. */
function readAssignments(text: string, budget: WorkBudget): ReadonlyMap<string, string> {
  const keep = textKeeper();
  const assigned = new Map<string, string>();
  for (let at = 0; at < text.length && budget.spend(1);) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end).trimEnd();
    at = end < 0 ? text.length : end + 1;
    if (line.length > longestLine) continue;
    const [, field, value = ''] = assignment.exec(line) ?? licenseInLine.exec(line) ?? [];
    if (field !== undefined && !assigned.has(field)) assigned.set(field, keep(value.trim()));
  }
  return assigned;
}

function textOf(assigned: ReadonlyMap<string, string>, field: string): string | undefined {
  const [, double, single, long] = literal.exec(assigned.get(field) ?? '') ?? [];
  return double ?? single ?? long;
}
