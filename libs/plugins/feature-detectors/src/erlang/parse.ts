import { decodeText, problemList, textKeeper } from '@clarion/file-formats';
import { spdxLicense } from '@clarion/licenses';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import { combine, nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';
import { isOwnApplication } from './own-applications';
import { readTerms, type Term, valueOf } from './read-terms';

/**
 * The packages in application files (`lib/jsx-3.1.0/ebin/jsx.app`) and in metadata of Hex
 * (`deps/jsx/hex_metadata.config`). Where both are in the directory of one package, the metadata names it.
 */
export function parsePackages(files: Iterable<WantedFile>, budget: WorkBudget): ParsedPackages {
  const { features, problems } = combine(files, (file) => parseFile(file, budget));
  const described = new Set(features.flatMap(({ path }) => (isMetadata(path) ? [directoryOf(path)] : [])));
  return { features: features.filter(({ path }) => isMetadata(path) || !described.has(directoryOf(path))), problems };
}

const metadataName = 'hex_metadata.config';

function isMetadata(path: string): boolean {
  return path.endsWith(metadataName);
}

/** The directory of a package: without `ebin/jsx.app`, and without the name of the metadata. */
function directoryOf(path: string): string {
  const directory = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  return isMetadata(path) ? directory : directory.slice(0, Math.max(directory.lastIndexOf('/'), 0));
}

/** The package that one file describes. */
export function parseFile({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(path);
  const terms = [...readTerms(decodeText(content), budget)];
  const found = isMetadata(path) ? readMetadata(terms) : readApplication(terms);
  if (found === undefined) {
    note(
      'unreadable-database',
      `The file is not ${isMetadata(path) ? 'metadata of a package' : 'an application file'}`,
    );
    return { features: [], problems: problems() };
  }
  const { name, version } = found;
  if (!isUsableText(name) || !isUsableText(version)) {
    note('bad-record', 'This application lacks a name or a version');
    return { features: [], problems: problems() };
  }
  if (!budget.keep()) return nothingParsed;
  const keep = textKeeper();
  const type = !isMetadata(path) && isOwnApplication(name) ? 'otp' : 'hex';
  const license = usableTexts({ license: keep(licenseOf(found.licenses)) });
  const feature: Feature = { type, name: keep(name), version: keep(version), ...license, path };
  return { features: [feature], problems: [] };
}

interface Described {
  readonly name: Term | undefined;
  readonly version: Term | undefined;
  readonly licenses: Term | undefined;
}

/** `{application, jsx, [{vsn, "3.1.0"}, …]}.`: https://www.erlang.org/doc/apps/kernel/app.html */
function readApplication(terms: readonly (Term | undefined)[]): Described | undefined {
  const [term] = terms;
  if (typeof term === 'string' || term?.[0] !== 'application' || typeof term[2] === 'string') return undefined;
  return { name: term[1], version: valueOf(term[2], 'vsn'), licenses: valueOf(term[2], 'licenses') };
}

/** `{<<"name">>,<<"jsx">>}.` and so on, a term each. */
function readMetadata(terms: readonly (Term | undefined)[]): Described | undefined {
  const pairs = terms.filter((term) => term !== undefined);
  if (pairs.length < terms.length || pairs.length === 0) return undefined;
  return {
    name: valueOf(pairs, 'name'),
    version: valueOf(pairs, 'version'),
    licenses: valueOf(pairs, 'licenses'),
  };
}

const mostLicenses = 20;

/** Hex lists the licences of a package; it does not say how they combine. */
function licenseOf(licenses: Term | undefined): string {
  if (typeof licenses === 'string' || licenses === undefined) return '';
  const listed = licenses.slice(0, mostLicenses).filter(isUsableText);
  return listed.map((one) => spdxLicense(one) ?? one).join(', ');
}
