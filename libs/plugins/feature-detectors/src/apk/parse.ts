import { type ApkRecord, apkRecords, type NoteProblem, possibleReadings, problemList } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { noteDamage } from '../record-damage';
import { isUsableText, quoted, usableTexts } from '../usable-text';

/** Letters of the fields: package, version, architecture, source package (`origin`), licence, maintainer. */
const fieldsToRead = 'PVAoLm';

/** The packages in one apk database. A file with text but without any package record is unreadable. */
export function parseInstalled(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  let stanzas = 0;
  for (const record of apkRecords(file.content, fieldsToRead, budget)) {
    const { line, fields } = record;
    stanzas += 1;
    noteDamage(record, note, 'record');
    noteDamagedSource(record, note);
    const found = possibleReadings(record, ['V', 'o']).flatMap((reading) => toFeature(reading, file.path) ?? []);
    if (found.length === 0)
      note('bad-record', `The record of ${quoted(fields.get('P') ?? '?')} at line ${line} lacks a name or a version`);
    if (!found.every((feature) => budget.keep() && features.push(feature) > 0)) break;
  }
  if (stanzas > 0 && features.length === 0) note('unreadable-database', 'No package record in this apk database');
  return { features, problems: problems() };
}

/** What abuild and melange accept as the name of a package. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9+._-]*$/;

/** Advisories name source packages: a damaged one would look up the advisories of another package. */
function noteDamagedSource({ line, fields, repeated }: ApkRecord, note: NoteProblem): void {
  const sources = [fields.get('o'), ...(repeated.get('o') ?? [])];
  const damaged = sources.find((sourcePackage) => sourcePackage !== undefined && !namePattern.test(sourcePackage));
  if (damaged === undefined) return;
  note('bad-record', `The record at line ${line} has an origin that is not a name: ${quoted(damaged)}`);
}

function toFeature(fields: ReadonlyMap<string, string>, path: string): Feature | undefined {
  const name = fields.get('P');
  const version = fields.get('V');
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  const sourcePackage = fields.get('o');
  return {
    type: 'apk',
    name,
    version,
    // All packages of one source package are built in one version. Distribution tools write it for every package. A
    // package without one (a virtual package, or one that another tool built) is its own source.
    source: { name: isUsableText(sourcePackage) ? sourcePackage : name, version },
    ...usableTexts({ architecture: fields.get('A'), license: fields.get('L'), vendor: fields.get('m') }),
    path,
  };
}
