import { problemList } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { Parsed } from '../parsed';
import { isUsableText, quoted, usableTexts } from '../usable-text';

/** The package that one `desc` file describes. */
export function parseDescription(file: WantedFile, budget: WorkBudget): Parsed {
  const { note, problems } = problemList(file.path);
  const fields = fieldsOf(file.content, budget);
  const name = fields.get('NAME');
  const version = fields.get('VERSION');
  if (!isUsableText(name) || !isUsableText(version)) {
    note('bad-record', `The description of ${quoted(name ?? folderOf(file.path))} lacks a name or a version`);
    return { features: [], problems: problems() };
  }
  if (!budget.keep()) return { features: [], problems: problems() };
  const base = fields.get('BASE');
  const feature: Feature = {
    type: 'alpm',
    name,
    version,
    // Packages that are split from one base are built together, in one version.
    source: { name: isUsableText(base) ? base : name, version },
    ...usableTexts({
      architecture: fields.get('ARCH'),
      license: fields.get('LICENSE'),
      vendor: fields.get('PACKAGER'),
    }),
    path: file.path,
  };
  return { features: [feature], problems: problems() };
}

const wanted: ReadonlySet<string> = new Set(['NAME', 'VERSION', 'BASE', 'ARCH', 'LICENSE', 'PACKAGER']);
const fieldName = /^%([A-Z0-9]{1,40})%$/;

/** `%NAME%` on a line, its values on the lines below it, up to a blank line. Of several values only the first is kept. */
function fieldsOf(content: Uint8Array, budget: WorkBudget): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let open: string | undefined;
  for (const raw of Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').split('\n')) {
    if (!budget.spend(1)) break;
    const line = raw.trim();
    const name = fieldName.exec(line)?.[1];
    if (name !== undefined) open = wanted.has(name) && !fields.has(name) ? name : undefined;
    else if (line === '') open = undefined;
    else if (open !== undefined) {
      fields.set(open, line);
      open = undefined;
    }
  }
  return fields;
}

/** `zlib-1:1.3.1-2` of `var/lib/pacman/local/zlib-1:1.3.1-2/desc`. */
function folderOf(path: string): string {
  return path.split('/').at(-2) ?? path;
}
