import { possibleReadings, problemList, RecordCollector } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { noteDamage } from '../record-damage';
import { isUsableText, quoted, usableTexts } from '../usable-text';

/** The package that one `desc` file describes; for a damaged file, all packages that it may describe. */
export function parseDescription(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  for (const record of recordsOf(file.content, budget)) {
    noteDamage({ ...record, line: 1 }, note, 'description');
    const found = possibleReadings(record, ['VERSION', 'BASE']).flatMap((fields) => toFeature(fields, file.path) ?? []);
    const name = record.fields.get('NAME') ?? folderOf(file.path);
    if (found.length === 0) note('bad-record', `The description of ${quoted(name)} lacks a name or a version`);
    if (!found.every((feature) => budget.keep() && features.push(feature) > 0)) break;
  }
  return { features, problems: problems() };
}

function toFeature(fields: ReadonlyMap<string, string>, path: string): Feature | undefined {
  const name = fields.get('NAME');
  const version = fields.get('VERSION');
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  const base = fields.get('BASE');
  return {
    type: 'alpm',
    name,
    version,
    // Packages split from one base are built together, in one version.
    source: { name: isUsableText(base) ? base : name, version },
    ...usableTexts({
      architecture: fields.get('ARCH'),
      license: fields.get('LICENSE'),
      vendor: fields.get('PACKAGER'),
    }),
    path,
  };
}

const fieldsToRead: ReadonlySet<string> = new Set(['NAME', 'VERSION', 'BASE', 'ARCH', 'LICENSE', 'PACKAGER']);
const fieldName = /^%([A-Z0-9]{1,40})%$/;

/**
 * `%NAME%` on a line, its values on the lines below it, up to a blank line. Only the first of several values is kept.
 */
function recordsOf(content: Uint8Array, budget: WorkBudget): RecordCollector['records'] {
  const collector = new RecordCollector('NAME');
  let open: string | undefined;
  for (const raw of Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').split('\n')) {
    if (!budget.spend(1)) break;
    const line = raw.trim();
    const name = fieldName.exec(line)?.[1];
    if (name !== undefined) open = fieldsToRead.has(name) ? name : undefined;
    else if (line === '') open = undefined;
    else if (open !== undefined) {
      collector.add(open, line);
      open = undefined;
    }
  }
  return collector.records;
}

/** `zlib-1:1.3.1-2` of `var/lib/pacman/local/zlib-1:1.3.1-2/desc`. */
function folderOf(path: string): string {
  return path.split('/').at(-2) ?? path;
}
