import { decodeText } from '@clarion/file-formats';
import { spdxLicense } from '@clarion/licenses';
import type { Feature, WorkBudget } from '@clarion/model';
import { type MetadataHeaders, readHeaders } from './python-headers';
import { isUsableText, usableTexts } from './usable-text';

/** Name and version as the name of a file or a directory states them. */
interface NamedPackage {
  readonly name: string;
  readonly version: string;
}

/** What core metadata says about a package, without its path; `named` has what it does not name. */
export function packageOfMetadata(
  content: Uint8Array,
  named: NamedPackage | undefined,
  budget: WorkBudget,
): Omit<Feature, 'path'> | undefined {
  const headers = readHeaders(decodeText(content), budget);
  const name = headers.get('name')?.[0] ?? named?.name;
  const version = headers.get('version')?.[0] ?? named?.version;
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  return { type: 'pypi', name, version, ...usableTexts({ license: licenseOf(headers) }) };
}

/** Longer ones are whole licence texts. */
const longestLicense = 200;
const licenseClassifier = /^License :: (?:OSI Approved :: )?(.+)$/;

/** The SPDX expression, else the licence in words, else the licences of the classifiers, as SPDX where that is certain. */
function licenseOf(headers: MetadataHeaders): string | undefined {
  const [expression] = headers.get('license-expression') ?? [];
  if (expression !== undefined) return spdxLicense(expression) ?? expression;
  const [written = ''] = headers.get('license') ?? [];
  const license = written === 'UNKNOWN' || written.length > longestLicense ? '' : written;
  const classified = (headers.get('classifier') ?? []).flatMap((text) => licenseClassifier.exec(text)?.[1] ?? []);
  const named = classified.filter((text) => text !== 'OSI Approved');
  if (license === '') return named.map((text) => spdxLicense(text) ?? text).join(', ');
  // "BSD" and "GPL" are common words for what a classifier says exactly.
  return spdxLicense(license) ?? (named.length === 1 ? spdxLicense(named[0] ?? '') : undefined) ?? license;
}
