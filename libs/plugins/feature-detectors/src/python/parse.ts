import { decodeText, problemList } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';
import { isInstalled, nameInPath } from './installed-path';
import { type MetadataHeaders, readHeaders } from './read-headers';

/**
 * The package that one metadata file describes (Core metadata specifications): `METADATA`, `PKG-INFO` or an `.egg-info`
 * file. What it does not name is taken from the name of its directory.
 */
export function parseMetadata({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  if (!isInstalled(path)) return nothingParsed;
  const headers = readHeaders(decodeText(content), budget);
  const written = nameInPath(path);
  const name = headers.get('name')?.[0] ?? written?.name;
  const version = headers.get('version')?.[0] ?? written?.version;
  if (!isUsableText(name) || !isUsableText(version)) {
    const { note, problems } = problemList(path);
    note('bad-record', 'The metadata of this Python package lacks a name or a version');
    return { features: [], problems: problems() };
  }
  if (!budget.keep()) return nothingParsed;
  const feature: Feature = { type: 'pypi', name, version, ...usableTexts({ license: licenseOf(headers) }), path };
  return { features: [feature], problems: [] };
}

/** Longer ones are whole licence texts. */
const longestLicense = 200;
const licenseClassifier = /^License :: (?:OSI Approved :: )?(.+)$/;

/** The SPDX expression, else the licence in words, else the licences of the classifiers. */
function licenseOf(headers: MetadataHeaders): string | undefined {
  const [expression] = headers.get('license-expression') ?? [];
  if (expression !== undefined) return expression;
  const [license = ''] = headers.get('license') ?? [];
  if (license !== '' && license !== 'UNKNOWN' && license.length <= longestLicense) return license;
  const classified = (headers.get('classifier') ?? []).flatMap((text) => licenseClassifier.exec(text)?.[1] ?? []);
  return classified.filter((text) => text !== 'OSI Approved').join(', ');
}
